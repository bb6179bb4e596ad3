/**
 * Where judging asks what the stack cannot tell. A judgement asks without waiting; what it asked for is then looked up,
 * every question once in a run, and is there when it judges again.
 */

import type { LookupOptions } from "../options/lookups";
import type { ImageId } from "../platform/ami";
import type { Ec2Architecture } from "../platform/ec2";
import type { ImageReference } from "../platform/image-reference";
import type { Platform } from "../platform/platform";
import { groupBy } from "../stack/group-by";
import type { Answer, Outside, OutsideAmi } from "../stack/outside";
import { Aws } from "./aws";
import { AwsClients, loadAhead, type AccessOf } from "./aws-clients";
import { Budget } from "./budget";
import { reasonOf } from "./failure";
import { accountLogins, regionOfRegistry } from "./registry/ecr";
import { Registries } from "./registry/registry";

/** Questions of one kind, by key, with their answers as far as there are any. */
class Questions<Asked, Told> {
  private readonly open = new Map<string, Asked>();
  private readonly answers = new Map<string, Answer<Told>>();

  ask(key: string, asked: Asked): Answer<Told> | undefined {
    const answer = this.answers.get(key);
    if (answer === undefined) {
      this.open.set(key, asked);
    }
    return answer;
  }

  /** All open questions, which are open no more. */
  take(): Map<string, Asked> {
    const taken = new Map(this.open);
    this.open.clear();
    return taken;
  }

  tell(key: string, answer: Answer<Told>): void {
    this.answers.set(key, answer);
  }
}

interface AskedInScope {
  readonly scope: string;
  readonly name: string;
}

interface AskedImage {
  readonly reference: ImageReference;
  readonly scope: string;
}

type Asking<T> = (scope: string, names: readonly string[]) => Promise<Map<string, Answer<T>>>;

export class Desk {
  private readonly amis = new Questions<AskedInScope, OutsideAmi>();
  private readonly parameters = new Questions<AskedInScope, OutsideAmi>();
  private readonly types = new Questions<AskedInScope, readonly Ec2Architecture[]>();
  private readonly images = new Questions<AskedImage, readonly Platform[]>();
  private readonly budget: Budget;
  private readonly clients: AwsClients;
  private readonly aws: Aws;
  private readonly registries: Registries;
  /** What judging asks. */
  readonly outside: Outside;

  constructor(options: LookupOptions, accessOf: AccessOf) {
    this.budget = new Budget(options);
    this.clients = new AwsClients(options, accessOf);
    this.aws = new Aws(this.clients, this.budget);
    this.registries = new Registries(options, accountLogins(this.clients));
    this.outside = {
      knowsImages: options.images,
      ami: (image, scope) => (options.amis ? this.askAmi(image, scope) : undefined),
      instanceType: (type, scope) => (options.instanceTypes ? this.types.ask(this.inScope(scope, type), { scope, name: type }) : undefined),
      image: (reference, scope) => (options.images ? this.askImage(reference, scope) : undefined),
    };
  }

  /** How many requests were sent so far. */
  get requests(): number {
    return this.budget.requests;
  }

  /**
   * Looks up everything that was asked for and not answered yet. Never rejects: a failure is an answer, too.
   * @returns false if there was nothing to look up
   */
  async answer(): Promise<boolean> {
    const [amis, parameters, types, images] = [this.amis.take(), this.parameters.take(), this.types.take(), this.images.take()];
    if (amis.size + parameters.size + types.size + images.size === 0) {
      return false;
    }
    const isOfAccount = [...images.values()].some(({ scope }) => scope !== "");
    loadAhead([...(amis.size + parameters.size + types.size > 0 ? (["ec2"] as const) : []), ...(parameters.size > 0 ? (["ssm"] as const) : []), ...(isOfAccount ? (["ecr"] as const) : [])]);
    await this.budget.spend(async () => {
      await Promise.all([
        this.inScopes(amis, this.amis, (scope, ids) => this.aws.amis(scope, ids)),
        this.inScopes(parameters, this.parameters, (scope, names) => this.aws.amisOfParameters(scope, names)),
        this.inScopes(types, this.types, (scope, names) => this.aws.instanceTypes(scope, names)),
        ...[...images].map(([key, asked]) => this.lookUpImage(key, asked)),
      ]);
    });
    return true;
  }

  /** Ends what is kept open. */
  close(): void {
    this.clients.close();
  }

  private inScope(scope: string, name: string): string {
    return `${this.clients.keyOf(scope)} ${name}`;
  }

  private askAmi(image: ImageId, scope: string): Answer<OutsideAmi> | undefined {
    return image.kind === "ami"
      ? this.amis.ask(this.inScope(scope, image.id), { scope, name: image.id })
      : this.parameters.ask(this.inScope(scope, image.path), { scope, name: image.path });
  }

  /** Who asks makes a difference only for registries of AWS accounts. A digest goes before the tag beside it. */
  private askImage({ repository, tag, digest }: ImageReference, scope: string): Answer<readonly Platform[]> | undefined {
    const isOfAccount = regionOfRegistry(repository.split("/")[0] ?? "") !== undefined;
    const reference: ImageReference = digest === undefined ? { repository, tag: tag ?? "latest" } : { repository, digest };
    const key = JSON.stringify([reference, isOfAccount ? this.clients.keyOf(scope) : ""]);
    return this.images.ask(key, { reference, scope: isOfAccount ? scope : "" });
  }

  /** One call for all names that are asked for in the same way. */
  private async inScopes<T>(asked: Map<string, AskedInScope>, questions: Questions<AskedInScope, T>, ask: Asking<T>): Promise<void> {
    const groups = groupBy(asked, ([, { scope }]) => this.clients.keyOf(scope));
    await Promise.all(
      [...groups.values()].map(async (group) => {
        const scope = group[0]?.[1].scope ?? "";
        const answers = await ask(scope, group.map(([, { name }]) => name));
        for (const [key, { name }] of group) {
          questions.tell(key, answers.get(name) ?? { state: "unknown", why: "AWS gave no answer" });
        }
      }),
    );
  }

  private async lookUpImage(key: string, { reference, scope }: AskedImage): Promise<void> {
    try {
      this.images.tell(key, await this.budget.run((turn) => this.registries.platforms(reference, scope, turn)));
    } catch (error) {
      this.images.tell(key, { state: "unknown", why: reasonOf(error) });
    }
  }
}
