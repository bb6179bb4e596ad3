import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import { admits, describe as describeConstraint, parseConstraint, type Answer, type InstanceFacts } from "../../policies/platform/placement";

const ARM: InstanceFacts = { architecture: "arm64", instanceType: "m7g.large", os: "linux", amiId: "ami-0aaa" };
const X86: InstanceFacts = { architecture: "amd64", instanceType: "m5.large", os: "linux", amiId: "ami-0bbb" };
const WINDOWS: InstanceFacts = { architecture: "amd64", instanceType: "m5.large", os: "windows", amiId: "ami-0ccc" };
const NOTHING: InstanceFacts = {};

const LETTERS: Readonly<Record<string, Answer>> = { y: "yes", n: "no", "?": "unknown" };

/** Answers for ARM, X86, WINDOWS and NOTHING, one letter each. */
type Row = readonly [expression: string, answers: string];

function answersOf(expression: string): (Answer | undefined)[] {
  const constraint = parseConstraint(expression);
  return [ARM, X86, WINDOWS, NOTHING].map((instance) => constraint && admits(constraint, instance));
}

function check(rows: readonly Row[]): void {
  for (const [expression, letters] of rows) {
    it(`${expression} → ${letters}`, () => {
      assert.deepEqual(
        answersOf(expression),
        Array.from(letters, (letter) => LETTERS[letter]),
      );
    });
  }
}

const CPU = "attribute:ecs.cpu-architecture";
const TYPE = "attribute:ecs.instance-type";
const OS = "attribute:ecs.os-type";
const FAMILY = "attribute:ecs.os-family";
const AMI = "attribute:ecs.ami-id";

describe("placement: comparisons", () => {
  check([
    [`${CPU} == arm64`, "ynn?"],
    [`${CPU} == x86_64`, "nyy?"],
    [`${CPU} equals arm64`, "ynn?"],
    [`${CPU}==arm64`, "ynn?"],
    [`  ${CPU}\n==\tarm64  `, "ynn?"],
    [`${CPU} == 'arm64'`, "ynn?"],
    [`${CPU} == "arm64"`, "ynn?"],
    [`${CPU} != arm64`, "nyy?"],
    [`${CPU}!=arm64`, "nyy?"],
    [`${CPU} not_equals x86_64`, "ynn?"],
    [`${CPU} == i386`, "nnn?"],
    [`${CPU} == amd64`, "nnn?"],
    [`${CPU} in [arm64]`, "ynn?"],
    [`${CPU} in [arm64, x86_64]`, "yyy?"],
    [`${CPU} in ['arm64',"x86_64"]`, "yyy?"],
    [`${CPU} in[arm64]`, "ynn?"],
    [`${CPU} !in [arm64]`, "nyy?"],
    [`${CPU} not_in [arm64, x86_64]`, "nnn?"],
    [`${CPU} == 'and'`, "nnn?"],
    [`${CPU} exists`, "yyy?"],
    [`${CPU} !exists`, "nnn?"],
    [`${CPU} not_exists`, "nnn?"],
    [`${TYPE} == m7g.large`, "ynn?"],
    [`${TYPE} in [m5.large, m5.xlarge]`, "nyy?"],
    [`${TYPE} != m5.large`, "ynn?"],
    [`${OS} == linux`, "yyn?"],
    [`${OS} == windows`, "nny?"],
    [`${FAMILY} == LINUX`, "yyn?"],
    [`${FAMILY} == WINDOWS_SERVER_2022_FULL`, "nn??"],
    [`${FAMILY} != LINUX`, "nny?"],
    [`${FAMILY} in [LINUX, WINDOWS_SERVER_2022_CORE]`, "yy??"],
    [`${FAMILY} exists`, "yyy?"],
    [`${FAMILY} =~ WINDOWS.*`, "nn??"],
    [`${AMI} == ami-0aaa`, "ynn?"],
    [`${AMI} in [ami-0aaa, ami-0bbb]`, "yyn?"],
  ]);
});

describe("placement: what is not known stays unknown", () => {
  check([
    ["attribute:stack == prod", "????"],
    ["attribute:stack exists", "????"],
    ["attribute:stack !exists", "????"],
    ["attribute:ecs.availability-zone in [us-east-1a, us-east-1b]", "????"],
    ["attribute:ECS.cpu-architecture == arm64", "????"],
    ["attribute:my/team\\name == a", "????"],
    ["agentConnected == true", "????"],
    ["agentVersion < 1.14.5", "????"],
    ["agentVersion greater_than_equal 1.14.5", "????"],
    ["registeredAt < 2018-02-13", "????"],
    ["registeredAt >= 2018-06-18T22:28:28+00:00", "????"],
    ["runningTasksCount == 1", "????"],
    ["task:group == service:production", "????"],
    ["not(task:group == database)", "????"],
    ["ec2InstanceId in ['i-abcd1234', 'i-wxyx7890']", "????"],
    [`${CPU} == ARM64`, "?nn?"],
    [`${CPU} != ARM64`, "?yy?"],
    [`${CPU} in [ARM64, X86_64]`, "????"],
    [`${FAMILY} == linux`, "??n?"],
    [`${TYPE} == m7g.*`, "????"],
    [`${TYPE} == 'm7g.large '`, "????"],
    [`${TYPE} == 'm7g\\.large'`, "????"],
    [`${TYPE} > m5.large`, "????"],
    [`${TYPE} >= m5.large`, "????"],
    [`${TYPE} < m5.large`, "????"],
    [`${TYPE} <= m5.large`, "????"],
    [`${TYPE} == 04da6b54-80e4-46f7-96ec-b56ff0331ba9`, "????"],
    [`${TYPE} in [m7g.large, 04da6b54-80e4-46f7-96ec-b56ff0331ba9]`, "y???"],
    [`${TYPE} =~ 04da6b54-80e4-46f7-96ec-b56ff0331ba9.*`, "????"],
  ]);
});

describe("placement: patterns", () => {
  check([
    [`${TYPE} =~ m7g.*`, "ynn?"],
    [`${TYPE} matches m7g.*`, "ynn?"],
    [`${TYPE} !~ m7g.*`, "nyy?"],
    [`${TYPE} not_matches m7g.*`, "nyy?"],
    [`${TYPE}=~m7g.*`, "ynn?"],
    [`${TYPE} =~ m7g\\..*`, "ynn?"],
    [`${TYPE} =~ 'm7g\\.large'`, "ynn?"],
    [`${TYPE} =~ m7g.*|c7g.*`, "ynn?"],
    [`${TYPE} =~ '(m|c)7g\\.(large|xlarge)'`, "ynn?"],
    [`${TYPE} =~ '(?:m|c)[67]g.+'`, "ynn?"],
    [`${TYPE} =~ m[0-9]g.*`, "ynn?"],
    [`${TYPE} =~ ^m5.*$`, "nyy?"],
    [`${TYPE} =~ '[cmr][0-9]+g?d?\\..*'`, "yyy?"],
    [`${TYPE} =~ .*`, "yyy?"],
    [`${TYPE} =~ .+?`, "yyy?"],
    [`${TYPE} =~ '(a|b)?m5\\.\\w+'`, "n???"],
    [`${CPU} =~ arm.*`, "ynn?"],
    [`${CPU} =~ '[^x].*'`, "y???"],
    [`${TYPE} =~ 'xyz|m(5|7)+g.large'`, "ynn?"],
    [`${TYPE} =~ '\\d7g.*'`, "nnn?"],
    [`${TYPE} =~ '[m-m]7g.*'`, "ynn?"],
    [`${TYPE} =~ '[m-z]7g.*'`, "ynn?"],
    [`${TYPE} =~ '[a-m]7g.*'`, "ynn?"],
    [`${TYPE} =~ '[m-]7g.*'`, "ynn?"],
    // An anchor inside of a pattern matches nothing.
    [`${TYPE} =~ 'm^7g.*'`, "nnn?"],
    [`${TYPE} =~ 'm7g$.large'`, "nnn?"],
    // A part matches: whether that is enough is not documented.
    [`${TYPE} =~ m7g`, "?nn?"],
    [`${TYPE} =~ m5*`, "????"],
    [`${TYPE} =~ large`, "????"],
    [`${TYPE} =~ M7G.*`, "?nn?"],
    [`${FAMILY} =~ linux`, "????"],
    // What Java reads otherwise, or not at all.
    [`${TYPE} =~ *`, "????"],
    [`${TYPE} =~ m7g.*+`, "????"],
    [`${TYPE} =~ m7g.**`, "????"],
    [`${TYPE} =~ '(?i)M7G.*'`, "????"],
    [`${TYPE} =~ '(?!m5).*'`, "????"],
    [`${TYPE} =~ '(m)\\1.*'`, "????"],
    [`${TYPE} =~ 'm{1,2}7g.*'`, "????"],
    [`${TYPE} =~ '[a-z&&[m]]7g.*'`, "????"],
    [`${TYPE} =~ '[z-a].*'`, "????"],
    [`${TYPE} =~ '[]m7g.*'`, "????"],
    [`${TYPE} =~ '[0-z]7g.*'`, "????"],
    [`${TYPE} =~ '[0-Z]7g.*'`, "????"],
    [`${TYPE} =~ '[A-z]7g.*'`, "????"],
    [`${TYPE} =~ '[a-~]7g.*'`, "????"],
    [`${TYPE} =~ '[m-.]7g.*'`, "????"],
    [`${TYPE} =~ '\\p{Lower}.*'`, "????"],
    [`${TYPE} =~ 'm7g .*'`, "????"],
    [`${TYPE} =~ '(m7g.*'`, "????"],
    [`${TYPE} =~ 'm7g.*)'`, "????"],
    [`${TYPE} =~ ''`, "????"],
  ]);
});

describe("placement: an escaped letter", () => {
  it("may be a class or the letter itself", () => {
    const constraint = parseConstraint(`${TYPE} =~ 'm5\\d.*'`);
    assert.ok(constraint);
    assert.equal(admits(constraint, { instanceType: "m5d.large" }), "unknown");
  });
});

describe("placement: compounds", () => {
  check([
    [`${CPU} == arm64 and ${OS} == linux`, "ynn?"],
    [`${CPU} == arm64 && ${OS} == linux`, "ynn?"],
    [`${CPU} == arm64&&${OS} == linux`, "ynn?"],
    [`${CPU} == arm64 or ${OS} == windows`, "yny?"],
    [`${CPU} == arm64 || ${OS} == windows`, "yny?"],
    [`${CPU} == arm64||${OS} == windows`, "yny?"],
    [`not ${CPU} == arm64`, "nyy?"],
    [`!${CPU} == arm64`, "nyy?"],
    [`not(${CPU} == arm64)`, "nyy?"],
    [`!(${CPU} == arm64 or ${OS} == windows)`, "nyn?"],
    [`!!${CPU} == arm64`, "ynn?"],
    [`((${CPU} == arm64))`, "ynn?"],
    [`(${CPU} == arm64 or ${CPU} == x86_64) and ${OS} == windows`, "nny?"],
    [`not ${CPU} == arm64 and ${OS} == linux`, "nyn?"],
    [`attribute:stack == prod and ${CPU} == arm64`, "?nn?"],
    [`attribute:stack == prod or ${CPU} == arm64`, "y???"],
    [`not (attribute:stack == prod or ${CPU} == arm64)`, "n???"],
    [`${TYPE} =~ g2.* and attribute:ecs.availability-zone != us-east-1d`, "nnn?"],
    // Without parentheses, `or` and `and` may bind either way: (y or n) and n is not y or (n and n).
    [`${CPU} == arm64 or ${OS} == windows and ${OS} == windows`, "?ny?"],
    [`${OS} == windows and ${CPU} == x86_64 or ${CPU} == arm64`, "?ny?"],
    [`${CPU} == arm64 and ${OS} == linux and ${AMI} == ami-0aaa`, "ynn?"],
  ]);
});

describe("placement: expressions that cannot be read", () => {
  const unreadable = [
    "",
    " ",
    "attribute:a",
    "attribute:a ==",
    "== arm64",
    `${CPU} = arm64`,
    `${CPU} == arm64 and`,
    `and ${CPU} == arm64`,
    `&& ${CPU} == arm64`,
    `${CPU} == arm64 ${OS} == linux`,
    `${CPU} == arm64 AND ${OS} == linux`,
    `NOT ${CPU} == arm64`,
    `${CPU} EQUALS arm64`,
    `${CPU} equalsarm64`,
    `${CPU} like arm64`,
    `(${CPU} == arm64`,
    `${CPU} == arm64)`,
    "()",
    `${CPU} in arm64`,
    `${CPU} in arm64]`,
    `${CPU} in []`,
    `${CPU} in [arm64,]`,
    `${CPU} in [arm64 x86_64]`,
    `${CPU} in [arm64`,
    `${CPU} not in [arm64]`,
    `${CPU} == [arm64]`,
    `${CPU} == 'arm64`,
    `${CPU} == 'arm64"`,
    `"${CPU}" == arm64`,
    `${CPU} ! exists`,
    `${CPU} == and`,
    `${CPU} == arm64 & ${OS} == linux`,
    `${CPU} == arm64 | ${OS} == linux`,
    `${TYPE} =~ (m7g|c7g).*`,
    `${CPU} == arm64; ${OS} == linux`,
    "!",
    "not",
    "a == b ||| c == d",
  ];
  for (const expression of unreadable) {
    it(JSON.stringify(expression), () => {
      assert.equal(parseConstraint(expression), undefined);
    });
  }
});

/** An expression for each answer, judged for ARM. */
const ANSWERED: readonly (readonly [Answer, string])[] = [
  ["yes", `${CPU} == arm64`],
  ["no", `${CPU} == x86_64`],
  ["unknown", "attribute:stack == prod"],
];

const ORDER: readonly Answer[] = ["no", "unknown", "yes"];

describe("placement: Kleene logic", () => {
  for (const [left, leftText] of ANSWERED) {
    const negated = ORDER[2 - ORDER.indexOf(left)];
    it(`not ${left} = ${String(negated)}`, () => {
      assert.equal(answersOf(`not (${leftText})`)[0], negated);
    });
    for (const [right, rightText] of ANSWERED) {
      const lower = ORDER[Math.min(ORDER.indexOf(left), ORDER.indexOf(right))];
      const higher = ORDER[Math.max(ORDER.indexOf(left), ORDER.indexOf(right))];
      it(`${left} and ${right} = ${String(lower)}; ${left} or ${right} = ${String(higher)}`, () => {
        assert.equal(answersOf(`${leftText} and ${rightText}`)[0], lower);
        assert.equal(answersOf(`${leftText} or ${rightText}`)[0], higher);
        assert.equal(answersOf(`(${leftText}) && (${rightText})`)[0], lower);
        assert.equal(answersOf(`(${leftText}) || (${rightText})`)[0], higher);
      });
    }
  }
});

const comparisons = fc.constantFrom(
  ...[`${CPU} == arm64`, `${CPU} != arm64`, `${TYPE} =~ m7g.*`, `${TYPE} !~ '(m5|c5)\\..*'`, `${OS} == linux`, `${FAMILY} == LINUX`],
  ...[`${AMI} in [ami-0aaa, ami-0bbb]`, `${CPU} exists`, "attribute:stack == prod", "task:group == a", `${CPU} == ARM64`],
);
const expressions = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    comparisons,
    fc.tuple(tie("expression"), fc.constantFrom(" and ", " or ", "&&", "||"), tie("expression")).map((parts) => parts.join("")),
    tie("expression").map((inner) => `not (${inner})`),
    tie("expression").map((inner) => `(${inner})`),
  ),
})).expression;
const instances = fc.constantFrom(ARM, X86, WINDOWS);
const keptKeys = fc.subarray(["architecture", "instanceType", "os", "amiId"] as const);

describe("placement: laws", () => {
  it("knowing less never turns an answer round", () => {
    fc.assert(
      fc.property(expressions, instances, keptKeys, (expression, instance, keys) => {
        const constraint = parseConstraint(expression);
        assert.ok(constraint, expression);
        const lessKnown = Object.fromEntries(keys.map((key) => [key, instance[key]])) as InstanceFacts;
        const answer = admits(constraint, lessKnown);
        assert.ok(answer === "unknown" || answer === admits(constraint, instance), expression);
      }),
    );
  });

  it("a negation in parentheses turns every answer round", () => {
    fc.assert(
      fc.property(expressions, instances, (expression, instance) => {
        const [plain, negated] = [expression, `not (${expression})`].map((text) => {
          const constraint = parseConstraint(text);
          return constraint && admits(constraint, instance);
        });
        assert.equal(ORDER.indexOf(plain ?? "unknown") + ORDER.indexOf(negated ?? "unknown"), 2);
      }),
    );
  });

  const fragments = [CPU, TYPE, "attribute:a", " ", "==", "!=", "=~", "!~", "in", "!in", "exists", "and", "or", "not", "&&", "||", "!"];
  const marks = ["(", ")", "[", "]", ",", "'", '"', "\\", "|", "*", "+", "?", "^", "$", ".", "{", "}", "arm64", "m7g.*", "\n", "é", "\0"];
  const garbage = fc.oneof(fc.string({ unit: "binary" }), fc.array(fc.constantFrom(...fragments, ...marks), { maxLength: 60 }).map((parts) => parts.join("")));

  it("garbage is never thrown back", () => {
    fc.assert(
      fc.property(garbage, fc.string(), (expression, instanceType) => {
        for (const text of [expression, `${TYPE} =~ '${expression}'`, `${TYPE} == '${expression}'`]) {
          const constraint = parseConstraint(text);
          if (constraint !== undefined) {
            assert.ok(ORDER.includes(admits(constraint, { ...ARM, instanceType })));
            describeConstraint(constraint);
          }
        }
      }),
      { numRuns: 2000 },
    );
  });

  // An independent judge of the patterns: the regular expressions of JavaScript, which agree with Java's on this subset.
  const atoms = fc.constantFrom("m", "7", "g", "\\.", ".", "[m7]", "[^7]", "(m|c)", "(?:7g)?", "(a*)*", "[0-9]+");
  const patterns = fc.array(fc.tuple(atoms, fc.constantFrom("", "", "*", "+", "?")), { minLength: 1, maxLength: 6 });
  const values = fc.string({ unit: fc.constantFrom("m", "7", "g", ".", "c", "a"), minLength: 1, maxLength: 8 });

  it("a pattern answers yes for a whole match as written, no without any match", () => {
    fc.assert(
      fc.property(patterns, values, (pieces, instanceType) => {
        const pattern = pieces.map(([atom, sign]) => (/[*+?]$/.test(atom) ? atom : atom + sign)).join("");
        const readings = pattern.includes("\\") ? [pattern, pattern.replaceAll("\\", "")] : [pattern];
        const expected = readings.map((reading) => {
          if (new RegExp(`^(?:${reading})$`).test(instanceType)) {
            return "yes";
          }
          return new RegExp(reading, "i").test(instanceType) ? "unknown" : "no";
        });
        const constraint = parseConstraint(`${TYPE} =~ '${pattern}'`);
        assert.ok(constraint);
        assert.equal(admits(constraint, { instanceType }), expected.every((answer) => answer === expected[0]) ? expected[0] : "unknown", pattern);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("placement: time and depth", () => {
  const million = 1_000_000;
  const long: readonly (readonly [string, string])[] = [
    ["parentheses", "(".repeat(million)],
    ["negations", "!".repeat(million)],
    ["spaces", " ".repeat(million)],
    ["a subject", "a".repeat(million)],
    ["a quoted value", `a == '${"x".repeat(million)}'`],
    ["a pattern", `${TYPE} =~ ${"a*".repeat(million / 2)}`],
    ["a chain", `${CPU} == arm64${` and ${CPU} == arm64`.repeat(20_000)}`],
  ];
  for (const [name, expression] of long) {
    it(`a megabyte of ${name} is not read`, () => {
      assert.equal(parseConstraint(expression), undefined);
    });
  }

  it("the longest expression that ECS takes is read", () => {
    const longest = `${CPU} == ${"a".repeat(2000 - `${CPU} == `.length)}`;
    assert.ok(parseConstraint(longest));
    assert.equal(parseConstraint(`${longest}a`), undefined);
  });

  const nested: readonly (readonly [string, string, boolean])[] = [
    ["40 parentheses", `${"(".repeat(40)}${CPU} == arm64${")".repeat(40)}`, true],
    ["900 parentheses", `${"(".repeat(900)}${CPU} == arm64${")".repeat(900)}`, false],
    ["40 negations", `${"!".repeat(40)}${CPU} == arm64`, true],
    ["1000 negations", `${"!".repeat(1000)}${CPU} == arm64`, false],
  ];
  for (const [name, expression, read] of nested) {
    it(`${name} are ${read ? "" : "not "}read`, () => {
      assert.equal(parseConstraint(expression) !== undefined, read);
    });
  }

  const longType = "a".repeat(128);
  const patterns: readonly (readonly [string, Answer])[] = [
    ["(a+)+$", "yes"],
    ["(a+)+b", "no"],
    ["(a|a)*b", "no"],
    ["(a|aa)+c", "no"],
    ["((((((((((a*)*)*)*)*)*)*)*)*)*)*b", "no"],
    [`${"a?".repeat(900)}b`, "no"],
    [`${"(a*)*".repeat(380)}b`, "no"],
    [`${"(".repeat(900)}a+${")".repeat(900)}`, "unknown"],
    [Array.from({ length: 900 }, () => "b").join("|"), "no"],
  ];
  for (const [pattern, expected] of patterns) {
    it(`${pattern.slice(0, 40)} takes no time to speak of`, () => {
      const constraint = parseConstraint(`${TYPE} =~ '${pattern}'`);
      assert.ok(constraint);
      assert.equal(admits(constraint, { instanceType: longType }), expected);
    });
  }

  it("an instance type of a megabyte is no instance type", () => {
    const constraint = parseConstraint(`${TYPE} =~ a*`);
    assert.ok(constraint);
    assert.equal(admits(constraint, { instanceType: "a".repeat(million) }), "unknown");
  });
});

describe("placement: descriptions", () => {
  const rows: readonly (readonly [string, string | undefined])[] = [
    [`${CPU} == arm64`, `${CPU} == arm64`],
    [`${CPU}equals'arm64'`, undefined],
    [`${CPU} equals 'arm64'`, `${CPU} == arm64`],
    [`${CPU} not_in [arm64, "x86_64"]`, `${CPU} !in [arm64, x86_64]`],
    [`${CPU} not_exists`, `${CPU} !exists`],
    [`${CPU} exists`, `${CPU} exists`],
    [`${TYPE} in [m7g.large, m7g.xlarge]`, `${TYPE} in [m7g.large, m7g.xlarge]`],
    [`${OS} == linux and (${CPU} == arm64)`, `${OS} == linux and ${CPU} == arm64`],
    ["attribute:a == b and attribute:c == d", undefined],
    [`(attribute:a == b and attribute:c == d) or ${CPU} == arm64`, `… or ${CPU} == arm64`],
    [`!${TYPE} =~ m7g.*`, `not (${TYPE} =~ m7g.*)`],
    [`attribute:password == hunter2`, undefined],
    [`${CPU} == arm64 and attribute:password == hunter2`, `${CPU} == arm64 and …`],
    [`attribute:password == hunter2 || (${CPU} == arm64 && ${OS} == linux)`, `… or (${CPU} == arm64 and ${OS} == linux)`],
    [`${TYPE} == 'a\nb'`, `${TYPE} == …`],
    [`${TYPE} == 04da6b54-80e4-46f7-96ec-b56ff0331ba9`, undefined],
  ];
  for (const [expression, expected] of rows) {
    it(JSON.stringify(expression), () => {
      const constraint = parseConstraint(expression);
      assert.equal(constraint && describeConstraint(constraint), expected);
    });
  }

  it("is short", () => {
    const described = (type: string): string | undefined => {
      const constraint = parseConstraint(`${TYPE} == ${type}`);
      return constraint && describeConstraint(constraint);
    };
    const fitting = "m".repeat(200 - `${TYPE} == `.length);
    assert.equal(described(fitting), `${TYPE} == ${fitting}`);
    assert.equal(described(`${fitting}7g.large`), `${TYPE} == ${fitting}…`);
  });
});
