import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import { gzipSync } from "node:zlib";
import { clusterFromUserData, type ClusterReading } from "../../policies/platform/user-data";

const UNKNOWN_VALUE = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const CONFIG = "/etc/ecs/ecs.config";

/** What a row expects: a certain name, a possible name, a reason with these words, or nothing said. */
type Expected = { certain: string } | { possible: string } | { why: RegExp } | undefined;
type Row = readonly [text: string, expected: Expected];

function summary(reading: ClusterReading | undefined): unknown {
  if (reading === undefined) {
    return undefined;
  }
  if (reading.cluster === undefined) {
    return { why: reading.why };
  }
  return reading.certain ? { certain: reading.cluster } : { possible: reading.cluster };
}

function assertReading(text: string, expected: Expected): void {
  const reading = clusterFromUserData(text);
  if (expected !== undefined && "why" in expected) {
    assert.ok(reading !== undefined && reading.cluster === undefined, JSON.stringify(reading));
    assert.match(reading.why, expected.why);
  } else {
    assert.deepEqual(summary(reading), expected);
  }
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

/** Each row as it is, in base64, and (as EC2 hands it to a Windows editor) with CRLF. */
function check(rows: readonly Row[]): void {
  for (const [text, expected] of rows) {
    it(JSON.stringify(text), () => {
      assertReading(text, expected);
      assertReading(base64(text), expected);
      assertReading(text.replaceAll("\n", "\r\n"), expected);
    });
  }
}

/** A script of these lines. */
function script(...lines: readonly string[]): string {
  return ["#!/bin/bash", ...lines, ""].join("\n");
}

const WEB: Expected = { certain: "web" };
const PERHAPS_WEB: Expected = { possible: "web" };
const COMPUTED: Expected = { why: /computes/ };
const REWRITTEN: Expected = { why: /changes the agent's configuration/ };
const UNREAD: Expected = { why: /cannot be read/ };
const CONDITION: Expected = { why: /condition/ };
const DEFAULT: Expected = { possible: "default" };
const NOT_YET: Expected = { why: /not known yet/ };

describe("user data: shell scripts that name a cluster", () => {
  check([
    [script(`echo ECS_CLUSTER=web >> ${CONFIG}`), WEB],
    [script(`echo ECS_CLUSTER=web>>${CONFIG}`), WEB],
    [script(`echo ECS_CLUSTER=web > ${CONFIG}`), WEB],
    [script(`echo "ECS_CLUSTER=web" >> ${CONFIG}`), WEB],
    [script(`echo 'ECS_CLUSTER=web' >> ${CONFIG}`), WEB],
    [script(`echo ECS_CLUSTER="web" >> "${CONFIG}"`), WEB],
    [script(`echo ECS_CLUSTER='web' >> '${CONFIG}'`), WEB],
    [script(`  echo   ECS_CLUSTER=web   >>   ${CONFIG}  # join`), WEB],
    [script(`sudo echo ECS_CLUSTER=web | sudo tee -a ${CONFIG}`), WEB],
    [script(`echo "ECS_CLUSTER=web" | sudo tee --append ${CONFIG} > /dev/null`), WEB],
    [script(`sudo sh -c 'echo ECS_CLUSTER=web >> ${CONFIG}'`), WEB],
    [script(`sudo -E bash -ec "echo 'ECS_CLUSTER=web' >> ${CONFIG}"`), WEB],
    [script(`printf 'ECS_CLUSTER=web\\n' >> ${CONFIG}`), WEB],
    [script(`printf 'ECS_CLUSTER=%s\\n' web >> ${CONFIG}`), WEB],
    [script(`printf '%s\\n' A=1 ECS_CLUSTER=web B=2 >> ${CONFIG}`), WEB],
    [script(`echo -e "A=1\\nECS_CLUSTER=web\\nB=2" > ${CONFIG}`), WEB],
    [script(`echo "A=1`, "ECS_CLUSTER=web", `B=2" > ${CONFIG}`), WEB],
    [script(`cat <<EOF >> ${CONFIG}`, "A=1", "ECS_CLUSTER=web", "EOF"), WEB],
    [script(`cat << 'EOF' > ${CONFIG}`, "ECS_CLUSTER=web", "ECS_TAGS=$x", "EOF"), WEB],
    [script(`cat >> ${CONFIG} <<"END"`, "ECS_CLUSTER=web", "END", "echo done"), WEB],
    [script(`cat <<-EOF > ${CONFIG}`, "\tECS_CLUSTER=web", "\tEOF", "echo done"), WEB],
    [script(`cat <<EOF > ${CONFIG}`, "  ECS_CLUSTER=web  ", "EOF"), WEB],
    [script(`cat <<EOF | sudo tee ${CONFIG}`, "ECS_CLUSTER=web", "EOF"), WEB],
    [script(`sudo tee -a ${CONFIG} <<EOF >/dev/null`, "ECS_CLUSTER=web", "EOF"), WEB],
    [script(`tee ${CONFIG} <<< ECS_CLUSTER=web`), WEB],
    [script(`cat <<EOF >> ${CONFIG}`, "# ECS_CLUSTER=old", "ECS_CLUSTER=web", "ECS_X=$(hostname)", "EOF"), WEB],
    [script("{", `  echo "ECS_CLUSTER=web"`, "  echo A=1", `} >> ${CONFIG}`), WEB],
    [script("{", `  echo "ECS_CLUSTER=web"`, "  echo A=1", `} > ${CONFIG}`), WEB],
    [script(`(echo ECS_CLUSTER=web; echo A=1) | sudo tee ${CONFIG}`), WEB],
    [script("yum update -y", `echo A=1 > ${CONFIG}; echo ECS_CLUSTER=web >> ${CONFIG}`, "start ecs"), WEB],
    [script(`echo ECS_CLUSTER=\\`, `web >> ${CONFIG}`), WEB],
    [script(`echo ECS_CLUSTER=web >> /etc//ecs/ecs.config`), WEB],
    [script(`echo ECS_CLUSTER=web 1>> ${CONFIG} 2>&1`), WEB],
    [script(`exec > >(tee /var/log/user-data.log | logger -t user-data) 2>&1`, `echo ECS_CLUSTER=web >> ${CONFIG}`), WEB],
    [script(`x=$(curl -s "http://example/a;b" | jq ".c[\\"d\\"]")`, `echo ECS_CLUSTER=web >> ${CONFIG}`), WEB],
    [`#!/usr/bin/env bash\necho ECS_CLUSTER=web >> ${CONFIG}`, WEB],
    [`#!/bin/sh -xe\necho ECS_CLUSTER=web >> ${CONFIG}`, WEB],
    [`#cloud-boothook\necho ECS_CLUSTER=web >> ${CONFIG}`, WEB],
    [script(`echo ECS_CLUSTER=my_Web-1 >> ${CONFIG}`), { certain: "my_Web-1" }],
    [
      script(`echo ECS_CLUSTER=arn:aws:ecs:eu-west-1:123456789012:cluster/web >> ${CONFIG}`),
      { certain: "arn:aws:ecs:eu-west-1:123456789012:cluster/web" },
    ],
  ]);
});

describe("user data: the last statement counts", () => {
  check([
    [script(`echo ECS_CLUSTER=old >> ${CONFIG}`, `echo ECS_CLUSTER=web >> ${CONFIG}`), WEB],
    [script(`cat <<EOF > ${CONFIG}`, "ECS_CLUSTER=old", "ECS_CLUSTER=web", "EOF"), WEB],
    [script(`aws s3 cp s3://bucket/ecs.config ${CONFIG}`, `echo ECS_CLUSTER=web >> ${CONFIG}`), WEB],
    [script(`# echo ECS_CLUSTER=old >> ${CONFIG}`, `echo ECS_CLUSTER=web >> ${CONFIG}`), WEB],
    [script(`echo ECS_CLUSTER=web >> ${CONFIG}`, `#echo ECS_CLUSTER=old >> ${CONFIG}`), WEB],
    [script(`echo ECS_CLUSTER=web >> ${CONFIG}`, "exit 0", `echo ECS_CLUSTER=old >> ${CONFIG}`), WEB],
    [script(`echo ECS_CLUSTER=$X >> ${CONFIG}`, `echo ECS_CLUSTER=web >> ${CONFIG}`), WEB],
    [script(`echo ECS_CLUSTER=web >> ${CONFIG}`, `echo ECS_CLUSTER=$X >> ${CONFIG}`), COMPUTED],
    [script(`echo ECS_CLUSTER=web >> ${CONFIG}`, `echo A=1 > ${CONFIG}`), DEFAULT],
    [script(`echo ECS_CLUSTER=web >> ${CONFIG}`, `rm -f ${CONFIG}`), DEFAULT],
    [script(`echo ECS_CLUSTER=web >> ${CONFIG}`, `sed -i s/web/api/ ${CONFIG}`), REWRITTEN],
    [script(`echo ECS_CLUSTER=web >> ${CONFIG}`, `cat ${CONFIG}`, `grep -q A ${CONFIG}`, `chmod 600 ${CONFIG}`), WEB],
    [script(`echo ECS_CLUSTER=web >> ${CONFIG}`, `docker run --env-file=${CONFIG} amazon/amazon-ecs-agent`), WEB],
    [script(`echo ECS_CLUSTER=web >> ${CONFIG}`, "echo ECS_CLUSTER=other >> /etc/environment"), WEB],
  ]);
});

describe("user data: conditions", () => {
  check([
    [script(`if true; then`, `echo ECS_CLUSTER=web >> ${CONFIG}`, "fi"), PERHAPS_WEB],
    [script(`if a; then echo ECS_CLUSTER=web >> ${CONFIG}; else echo ECS_CLUSTER=api >> ${CONFIG}; fi`), CONDITION],
    [script(`if a; then echo ECS_CLUSTER=web >> ${CONFIG}; else echo ECS_CLUSTER=web >> ${CONFIG}; fi`), PERHAPS_WEB],
    [script(`echo ECS_CLUSTER=web >> ${CONFIG}`, `[ -f /x ] && echo ECS_CLUSTER=api >> ${CONFIG}`), CONDITION],
    [script(`echo ECS_CLUSTER=web >> ${CONFIG}`, `[ -f /x ] || echo ECS_CLUSTER=web >> ${CONFIG}`), WEB],
    [script(`[ -f /x ] && echo ECS_CLUSTER=api >> ${CONFIG}`, `echo ECS_CLUSTER=web >> ${CONFIG}`), WEB],
    [script(`test -f /x &&`, `  echo ECS_CLUSTER=web >> ${CONFIG}`), PERHAPS_WEB],
    [script(`case "$E" in`, `a) echo ECS_CLUSTER=web >> ${CONFIG} ;;`, `b|c) echo ECS_CLUSTER=api >> ${CONFIG} ;;`, "esac"), CONDITION],
    [script(`case "$E" in a) x ;; esac`, `echo ECS_CLUSTER=web >> ${CONFIG}`), WEB],
    [script("join() {", `  echo ECS_CLUSTER=api >> ${CONFIG}`, "}", `echo ECS_CLUSTER=web >> ${CONFIG}`), WEB],
    [script("join() {", `  echo ECS_CLUSTER=web >> ${CONFIG}`, "}", "join"), PERHAPS_WEB],
    [script("function join {", `  echo ECS_CLUSTER=web >> ${CONFIG}`, "}"), PERHAPS_WEB],
    [script("(join() { x; }", `echo ECS_CLUSTER=web) >> ${CONFIG}`), WEB],
    [script("for i in 1 2; do", `  echo A=$i >> ${CONFIG}`, "done", `echo ECS_CLUSTER=web >> ${CONFIG}`), WEB],
    [script(`if [ -f /x ]; then`, `  echo x`, "fi", `echo ECS_CLUSTER=web >> ${CONFIG}`), WEB],
    [script(`(( i++ )); a=(1 2 3)`, `echo ECS_CLUSTER=web >> ${CONFIG}`), WEB],
    [script(`if a; then exit 1; fi`, `echo ECS_CLUSTER=web >> ${CONFIG}`), WEB],
    [script(`echo ECS_CLUSTER=web >> ${CONFIG}`, `if a; then echo A=1 > ${CONFIG}; fi`), PERHAPS_WEB],
  ]);
});

describe("user data: names that are not known", () => {
  check([
    [script(`echo "ECS_CLUSTER=\${VAR}" >> ${CONFIG}`), COMPUTED],
    [script(`echo ECS_CLUSTER=$VAR >> ${CONFIG}`), COMPUTED],
    [script(`echo ECS_CLUSTER=web-$VAR >> ${CONFIG}`), COMPUTED],
    [script(`echo ECS_CLUSTER=$(hostname) >> ${CONFIG}`), COMPUTED],
    [script(`echo ECS_CLUSTER=\`hostname\` >> ${CONFIG}`), COMPUTED],
    [script(`cat <<EOF > ${CONFIG}`, "ECS_CLUSTER=$VAR", "EOF"), COMPUTED],
    [script(`echo "$CONTENT" >> ${CONFIG}`), COMPUTED],
    [script(`echo 'ECS_CLUSTER=$VAR' >> ${CONFIG}`), { why: /not the name of one/ }],
    [script(`echo 'ECS_CLUSTER={{ cluster }}' >> ${CONFIG}`), { why: /not the name of one/ }],
    [script(`echo "ECS_CLUSTER=web\\nA=1" >> ${CONFIG}`), { why: /not the name of one/ }],
    [script(`echo ECS_CLUSTER=${UNKNOWN_VALUE} >> ${CONFIG}`), NOT_YET],
    [script(`echo ECS_CLUSTER=web-${UNKNOWN_VALUE} >> ${CONFIG}`), NOT_YET],
    [script(`echo ${UNKNOWN_VALUE} >> ${CONFIG}`), NOT_YET],
    [script(`echo A=${UNKNOWN_VALUE} >> ${CONFIG}`, `echo ECS_CLUSTER=web >> ${CONFIG}`), WEB],
    [script(UNKNOWN_VALUE, `echo ECS_CLUSTER=web >> ${CONFIG}`), WEB],
    [script(`echo ECS_CLUSTER=web >> ${UNKNOWN_VALUE}`), PERHAPS_WEB],
    [UNKNOWN_VALUE, NOT_YET],
    [script(`curl -s https://example/config > ${CONFIG}`), REWRITTEN],
    [script(`aws s3 cp s3://bucket/ecs.config ${CONFIG}`), REWRITTEN],
    [script(`date | tee ${CONFIG}`), REWRITTEN],
    [script(`cat template >> ${CONFIG}`), REWRITTEN],
    [script("export ECS_CLUSTER=web"), UNREAD],
    [script("ECS_CLUSTER=web"), UNREAD],
    [script(`cat > /etc/systemd/system/ecs.service.d/a.conf <<EOF`, "Environment=ECS_CLUSTER=web", "EOF"), UNREAD],
    [script(`eval "$(echo echo ECS_CLUSTER=web)"`), UNREAD],
    ["#!/usr/bin/python3\nopen('/etc/ecs/ecs.config', 'w').write('ECS_CLUSTER=web')\n", UNREAD],
    ["#include\nhttps://example/user-data\n", { why: /elsewhere/ }],
    ["#cloud-config-archive\n- a\n", { why: /elsewhere/ }],
  ]);
});

describe("user data: names that may not count", () => {
  check([
    [`echo ECS_CLUSTER=web >> ${CONFIG}`, PERHAPS_WEB],
    [`\n${script(`echo ECS_CLUSTER=web >> ${CONFIG}`)}`, PERHAPS_WEB],
    [script(`echo 'ECS_CLUSTER="web"' >> ${CONFIG}`), PERHAPS_WEB],
    [script(`cat <<EOF > ${CONFIG}`, "ECS_CLUSTER='web'", "EOF"), PERHAPS_WEB],
    [script("cd /etc/ecs", "echo ECS_CLUSTER=web >> ecs.config"), PERHAPS_WEB],
    [script(`F=${CONFIG}`, `echo ECS_CLUSTER=web >> $F`), PERHAPS_WEB],
    [script("echo ECS_CLUSTER=web >> /etc/default/ecs"), PERHAPS_WEB],
    [script("docker run -d -e ECS_CLUSTER=web amazon/amazon-ecs-agent"), PERHAPS_WEB],
    [script("sudo docker run --env=ECS_CLUSTER=web --env A=1 amazon/amazon-ecs-agent"), PERHAPS_WEB],
    [script(`echo ECS_CLUSTER= >> ${CONFIG}`), DEFAULT],
    [script(`echo ECS_ENABLE_GPU_SUPPORT=true >> ${CONFIG}`), DEFAULT],
    [script(`echo ECS_CLUSTER_NAME=web >> ${CONFIG}`), DEFAULT],
    [script(`cat <<EOF > ${CONFIG}`, "# ECS_CLUSTER=web", "EOF"), DEFAULT],
  ]);
});

describe("user data: nothing said of the agent", () => {
  check([
    ["", undefined],
    ["\n", undefined],
    ["hello", undefined],
    [script("yum install -y docker"), undefined],
    [script(`# echo ECS_CLUSTER=web >> ${CONFIG}`), undefined],
    [script("  # ECS_CLUSTER=web"), undefined],
    [script("echo ECS_CLUSTER_NAME=web >> /etc/environment"), undefined],
    [script("/etc/eks/bootstrap.sh my-cluster"), undefined],
    ["#cloud-config\npackages:\n  - docker\n", undefined],
    ["[settings.kubernetes]\ncluster-name = 'web'\n", undefined],
    ["<powershell>\nInstall-WindowsFeature Web-Server\n</powershell>", undefined],
  ]);
});

describe("user data: cloud-config", () => {
  check([
    [`#cloud-config\nwrite_files:\n  - path: ${CONFIG}\n    content: |\n      ECS_CLUSTER=web\n      A=1\n`, WEB],
    [`#cloud-config\nwrite_files:\n- path: ${CONFIG}\n  permissions: '0644'\n  content: |\n    A=1\n    ECS_CLUSTER=web\n`, WEB],
    [`#cloud-config\nwrite_files:\n- content: ECS_CLUSTER=web\n  path: ${CONFIG}\n`, WEB],
    [`#cloud-config\nwrite_files:\n- content: "A=1\\nECS_CLUSTER=web\\n"\n  append: true\n  path: "${CONFIG}"\n`, WEB],
    [`#cloud-config\nwrite_files:\n- encoding: b64\n  content: ${base64("ECS_CLUSTER=web\n")}\n  path: ${CONFIG}\n`, WEB],
    [`#cloud-config\nwrite_files:\n- encoding: gz+b64\n  content: H4sIAAAA\n  path: ${CONFIG}\n`, REWRITTEN],
    [`#cloud-config\nwrite_files:\n- path: ${CONFIG}\n  content: |\n    ECS_CLUSTER=${UNKNOWN_VALUE}\n`, NOT_YET],
    [`#cloud-config\nwrite_files:\n- path: ${CONFIG}\n  content: |\n    # ECS_CLUSTER=web\n    A=1\n`, DEFAULT],
    [`#cloud-config\nwrite_files:\n- path: /opt/join.sh\n  content: |\n    echo ECS_CLUSTER=web >> ${CONFIG}\n`, UNREAD],
    [`#cloud-config\nwrite_files:\n- {path: ${CONFIG}, content: ECS_CLUSTER=web}\n`, UNREAD],
    [`#cloud-config\nruncmd:\n  - yum update -y\n  - echo ECS_CLUSTER=web >> ${CONFIG}\n`, WEB],
    [`#cloud-config\nruncmd:\n- echo "ECS_CLUSTER=web" >> ${CONFIG}\n`, WEB],
    [`#cloud-config\nruncmd:\n- 'echo ECS_CLUSTER=web >> ${CONFIG}'\n- "echo \\"A=1\\" >> ${CONFIG}"\n`, WEB],
    [`#cloud-config\nruncmd:\n- [sh, -c, "echo ECS_CLUSTER=web >> ${CONFIG}"]\n`, WEB],
    [`#cloud-config\nruncmd:\n- [ sh, -c, 'echo "ECS_CLUSTER=web" >> ${CONFIG}' ]\n`, WEB],
    [`#cloud-config\nruncmd:\n- - sh\n  - -c\n  - echo ECS_CLUSTER=web >> ${CONFIG}\n`, WEB],
    [`#cloud-config\nruncmd:\n- |\n  yum update -y\n  echo ECS_CLUSTER=web >> ${CONFIG}\n`, WEB],
    [`#cloud-config\nruncmd:\n- |\n  cat <<EOF > ${CONFIG}\n  ECS_CLUSTER=web\n  EOF\n- start ecs\n`, WEB],
    [`#cloud-config\nbootcmd:\n- echo ECS_CLUSTER=web >> ${CONFIG}\n`, WEB],
    [`#cloud-config\n# join\nbootcmd: # early\n# join\n- echo ECS_CLUSTER=web >> ${CONFIG}\n`, WEB],
    [`#cloud-config\nruncmd:\n- echo ECS_CLUSTER=web >> ${CONFIG}\nbootcmd:\n- echo ECS_CLUSTER=old >> ${CONFIG}\n`, WEB],
    [`#cloud-config\nruncmd:\n# - echo ECS_CLUSTER=web >> ${CONFIG}\n- date\n`, undefined],
    [`#cloud-config\nruncmd: [[sh, -c, "echo ECS_CLUSTER=web >> ${CONFIG}"]]\n`, UNREAD],
    [`#cloud-config\nruncmd:\n- &join echo ECS_CLUSTER=web >> ${CONFIG}\n`, UNREAD],
    [`#cloud-config\nruncmd:\n- [echo, "ECS_CLUSTER=web", ">>", "${CONFIG}"]\n`, UNREAD],
    [`## template: jinja\n#cloud-config\nruncmd:\n- echo ECS_CLUSTER={{ v1.region }} >> ${CONFIG}\n`, { why: /not the name of one/ }],
    [`#cloud-config\n${JSON.stringify({ runcmd: [`echo ECS_CLUSTER=web >> ${CONFIG}`] })}`, WEB],
    [`#cloud-config\n${JSON.stringify({ write_files: [{ path: CONFIG, content: "ECS_CLUSTER=web\n" }] })}`, WEB],
    [`#cloud-config\n{"runcmd": "ECS_CLUSTER=web"`, UNREAD],
  ]);
});

/** A MIME message of these parts, each a media type and a body. */
function mime(...parts: readonly (readonly [type: string, body: string])[]): string {
  const sections = parts.map(([type, body]) => `--==B==\nContent-Type: ${type}; charset="us-ascii"\n\n${body}\n`);
  return `MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="==B=="\n\n${sections.join("")}--==B==--\n`;
}

const JOIN_WEB = script(`echo ECS_CLUSTER=web >> ${CONFIG}`);
const JOIN_API = script(`echo ECS_CLUSTER=api >> ${CONFIG}`);

describe("user data: MIME", () => {
  check([
    [mime(["text/x-shellscript", JOIN_WEB]), WEB],
    [mime(["text/cloud-boothook", `#cloud-boothook\necho ECS_CLUSTER=web >> ${CONFIG}`]), WEB],
    [mime(["text/cloud-boothook", script("date")], ["text/x-shellscript", JOIN_WEB]), WEB],
    [mime(["text/cloud-config", `runcmd:\n- echo ECS_CLUSTER=web >> ${CONFIG}\n`], ["text/x-shellscript", script("date")]), WEB],
    [mime(["text/x-shellscript", JOIN_WEB], ["text/x-shellscript", JOIN_WEB]), WEB],
    [mime(["text/x-shellscript", JOIN_WEB], ["text/x-shellscript", JOIN_API]), { why: /different clusters/ }],
    [mime(["text/x-shellscript", JOIN_WEB], ["text/x-shellscript", script(`echo A=1 >> ${CONFIG}`)]), WEB],
    [mime(["text/x-shellscript", script("date")]), undefined],
    [mime(["multipart/mixed; boundary=B", `\n--B\nContent-Type: text/x-shellscript\n\n${JOIN_WEB}\n--B--`]), WEB],
    [
      `Content-Type: multipart/mixed;\n boundary=B\n\n--B\nContent-Type: text/x-shellscript\nContent-Transfer-Encoding: base64\n\n${base64(JOIN_WEB)}\n--B--\n`,
      WEB,
    ],
    [`Content-Type: multipart/mixed; boundary=B\n\n--B\nContent-Transfer-Encoding: quoted-printable\n\nECS_CLUSTER=3Dweb\n--B--\n`, UNREAD],
    [`Content-Type: multipart/mixed\n\nECS_CLUSTER=web\n`, UNREAD],
    [`Content-Type: text/x-shellscript\n\n${JOIN_WEB}`, WEB],
  ]);
});

describe("user data: Bottlerocket", () => {
  check([
    [`[settings.ecs]\ncluster = "web"\n`, WEB],
    [`[settings.ecs]\ncluster = 'web' # ours\n`, WEB],
    [`[ settings . "ecs" ]\n"cluster"="web"\n`, WEB],
    [`[settings]\necs.cluster = "web"\n`, WEB],
    [`settings.ecs.cluster = "web"\n`, WEB],
    [`[settings.host-containers.admin]\nenabled = true\n[settings.ecs]\nlogging-drivers = ["json-file"]\ncluster = "web"\n`, WEB],
    [`[settings.ecs]\n# cluster = "old"\ncluster = "web"\n`, WEB],
    [`[settings.ecs]\n# cluster = "web"\nloglevel = "info"\n`, DEFAULT],
    [`[settings.ecs]\ncluster = "${UNKNOWN_VALUE}"\n`, NOT_YET],
    [`[settings.ecs]\ncluster = """web"""\n`, UNREAD],
    [`[settings]\necs = { cluster = "web" }\n`, UNREAD],
    [`[settings.motd]\ntext = """\n[settings.ecs]\ncluster = "old"\n"""\n[settings.ecs]\ncluster = "web"\n`, WEB],
    [`[settings.kubernetes]\ncluster = "web"\n`, undefined],
  ]);
});

describe("user data: Windows", () => {
  check([
    ["<powershell>\nImport-Module ECSTools\nInitialize-ECSAgent -Cluster 'web' -EnableTaskIAMRole\n</powershell>", PERHAPS_WEB],
    ['<powershell>\nInitialize-ECSAgent -Cluster "web"\n</powershell>', PERHAPS_WEB],
    ["<powershell>\ninitialize-ecsagent -EnableTaskENI -cluster web\n</powershell>", PERHAPS_WEB],
    ["<powershell>\nInitialize-ECSAgent `\n  -Cluster:web\n</powershell>", PERHAPS_WEB],
    ["<powershell>\nInitialize-ECSAgent -Cluster $name\n</powershell>", COMPUTED],
    ['<powershell>\nInitialize-ECSAgent -Cluster "web-$env"\n</powershell>', COMPUTED],
    ["<powershell>\n# Initialize-ECSAgent -Cluster old\nInitialize-ECSAgent -Cluster web\n</powershell>", PERHAPS_WEB],
    ["<powershell>\n<#\nInitialize-ECSAgent -Cluster old\n#>\nInitialize-ECSAgent -Cluster web\n</powershell>", PERHAPS_WEB],
    ["<powershell>\nInitialize-ECSAgent\n</powershell>", DEFAULT],
    ['<powershell>\n[Environment]::SetEnvironmentVariable("ECS_CLUSTER", "web", "Machine")\n</powershell>', PERHAPS_WEB],
    [`<powershell>\nInitialize-ECSAgent -Cluster ${UNKNOWN_VALUE}\n</powershell>`, NOT_YET],
  ]);
});

describe("user data: envelopes", () => {
  const compressed = gzipSync(JOIN_WEB);
  const rows: readonly Row[] = [
    [compressed.toString("base64"), { why: /compressed/ }],
    [compressed.toString("latin1"), { why: /compressed/ }],
    [base64(JOIN_WEB).replace(/(.{20})/g, "$1\n"), WEB],
    [base64(JOIN_WEB).replace(/=+$/, ""), WEB],
    [base64(`\uFEFF${JOIN_WEB}`), WEB],
    [`\0\0${base64(JOIN_WEB)}`, undefined],
    ["x".repeat(1_000_000), { why: /longer/ }],
  ];
  for (const [text, expected] of rows) {
    it(JSON.stringify(text.slice(0, 60)), () => {
      assertReading(text, expected);
    });
  }
});

describe("user data: laws", () => {
  it("any name written plainly is found, whatever surrounds it", () => {
    const names = fc.stringMatching(/^[A-Za-z0-9_-]{1,40}$/);
    const neighbors = fc.array(
      fc.constantFrom("yum update -y", "echo A=1 >> /etc/ecs/ecs.config", "# ECS_CLUSTER=no", "if x; then y; fi", 'z="$(date)"', "{ a; b; } > /tmp/c", ""),
      { maxLength: 6 },
    );
    const writers = fc.constantFrom<(name: string) => string>(
      (name) => `echo ECS_CLUSTER=${name} >> ${CONFIG}`,
      (name) => `echo "ECS_CLUSTER=${name}" | sudo tee -a ${CONFIG}`,
      (name) => `cat <<EOF >> ${CONFIG}\nECS_CLUSTER=${name}\nEOF`,
      (name) => `sudo sh -c "echo ECS_CLUSTER=${name} >> ${CONFIG}"`,
    );
    fc.assert(
      fc.property(names, neighbors, writers, neighbors, (name, before, write, after) => {
        assertReading(script(...before, write(name), ...after), { certain: name });
      }),
    );
  });
});
