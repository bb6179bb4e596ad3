import assert from "node:assert/strict";
import fc from "fast-check";
import { formatPlatforms, readCommand, UNKNOWN_TEXT, type CommandImage, type CommandReading } from "../../policies/platform/build-command";

const ECR = "123456789012.dkr.ecr.us-east-1.amazonaws.com/shop/web";
const OUTPUT = `${UNKNOWN_TEXT}:latest`;
const LOGIN = "aws ecr get-login-password --region us-east-1 | docker login --username AWS --password-stdin 123456789012.dkr.ecr.us-east-1.amazonaws.com";

type Environment = Readonly<Record<string, string | undefined>>;
/** Script, what is expected of it (see {@link summary}), and its environment. */
type Row = readonly [script: string, expected: string, environment?: Environment];

function imageText({ reference, platforms }: CommandImage): string {
  const platform = platforms.kind === "known" ? formatPlatforms(platforms.platforms) : platforms.kind === "not-stated" ? "machine" : "?";
  return `${reference ?? "*"} ${platform}`;
}

/** `push NAME PLATFORM`, `build NAME PLATFORM` and `opaque`; `*` is no or no known name, `machine` not stated, `?` unknown. */
function summary(reading: CommandReading): string {
  return [
    ...reading.pushes.map((image) => `push ${imageText(image)}`),
    ...reading.builds.map((image) => `build ${imageText(image)}`),
    ...(reading.opaque === undefined ? [] : ["opaque"]),
  ].join("; ");
}

const TABLES: Readonly<Record<string, readonly Row[]>> = {
  "docker build": [
    [`docker build -t ${ECR}:1 .`, `build ${ECR}:1 machine`],
    [`docker build --platform linux/arm64 -t ${ECR}:1 .`, `build ${ECR}:1 linux/arm64`],
    [`docker build --platform=linux/amd64 -t ${ECR}:1 .`, `build ${ECR}:1 linux/amd64`],
    [`docker build . --tag=${ECR}:1 --platform arm64`, `build ${ECR}:1 linux/arm64`],
    ["docker build --platform linux/aarch64 -ta:1 .", "build a:1 linux/arm64"],
    ["docker build --platform LINUX/X86_64 -t=a:1 .", "build a:1 linux/amd64"],
    ["docker build -qt a:1 --platform 'linux/arm64/v8' .", "build a:1 linux/arm64"],
    ["docker build --platform linux/arm/v7 -t a:1 -t a:2 .", "build a:1 linux/arm/v7; build a:2 linux/arm/v7"],
    ["docker image build --platform linux/arm64 -t a .", "build a linux/arm64"],
    ["docker builder build --platform linux/arm64 -t a .", "build a linux/arm64"],
    ["/usr/local/bin/docker build --platform linux/arm64 -t a .", "build a linux/arm64"],
    ["docker build --platform linux/arm64 .", "build * linux/arm64"],
    ["docker build --platform local -t a .", "build a ?"],
    ["docker build --platform linux -t a .", "build a ?"],
    ["docker build --platform linux/arm64,nonsense -t a .", "build a ?"],
    ["docker build --platform $PLATFORM -t a .", "build a ?"],
    ["docker build --platform linux/$ARCH -t a .", "build a ?"],
    ["docker build --platform linux/$(uname -m) -t a .", "build a ?"],
    [`docker build --platform ${UNKNOWN_TEXT} -t a .`, "build a ?"],
    ["docker build --platform linux/arm64 --platform $OTHER -t a .", "build a ?"],
    ["docker build $ARGS -t a .", "push a ?; build a ?"],
    ["docker build $FLAGS --platform linux/arm64 -t a .", "push a ?; build a ?"],
    ['docker build --platform linux/arm64 -t a "$CONTEXT"', "build a linux/arm64"],
    ["docker build --platform linux/arm64 -t a ./$DIR", "build a linux/arm64"],
    ["docker build --platform linux/arm64 -t a $PWD", "build a linux/arm64"],
    ["docker build --platform linux/arm64 -t a $(pwd)", "build a linux/arm64"],
    ["docker build --$FLAG linux/arm64 -t a .", "push a ?; build a ?"],
    ["docker build --build-arg --platform=linux/arm64 -t a .", "build a machine"],
    ["docker build --build-arg VERSION=$VERSION --platform linux/arm64 -t a .", "build a linux/arm64"],
    ["docker build --label platform=linux/arm64 -t a .", "build a machine"],
    ["docker build -f docker/linux-arm64.Dockerfile -t a .", "build a machine"],
    ["docker --context builder build --platform linux/arm64 -t a .", "build a linux/arm64"],
    ["docker -H ssh://build-host build --platform linux/arm64 -t a .", "build a linux/arm64"],
    ["docker build --platform linux/arm64 -t a - < Dockerfile", "build a linux/arm64"],
    ["docker build --platform linux/arm64 -t a - <<EOF\nFROM alpine\nEOF", "build a linux/arm64"],
    ["docker build \\\n  --platform linux/arm64 \\\n  -t a \\\n  .", "build a linux/arm64"],
  ],
  "build, tag and push": [
    [`docker build --platform linux/amd64 -t ${ECR}:1.4.0 ./src && docker push ${ECR}:1.4.0`, `push ${ECR}:1.4.0 linux/amd64`, { DOCKER_DEFAULT_PLATFORM: "linux/arm64" }],
    [`docker build -t ${ECR}:1 . ; docker push ${ECR}:1`, `push ${ECR}:1 machine`],
    [`docker build -t web --platform linux/arm64 .\ndocker tag web ${ECR}:1\ndocker push ${ECR}:1`, `push ${ECR}:1 linux/arm64`],
    ["docker build --platform linux/arm64 -t docker.io/library/web . && docker tag web:latest r.io/a && docker push r.io/a:latest", "push r.io/a:latest linux/arm64"],
    ["docker build --platform linux/arm64 -t a:1 -t a:2 . && docker push a:1 && docker push a:2", "push a:1 linux/arm64; push a:2 linux/arm64"],
    ["docker build --platform linux/arm64 -t a . && docker build --platform linux/amd64 -t a . && docker push a", "push a linux/amd64"],
    ["docker build --platform linux/arm64 -t a . && docker push a && docker build --platform linux/amd64 -t a . && docker push a", "push a linux/amd64"],
    ["docker build --platform linux/arm64 -t web . && docker tag web r/a:1", "build web linux/arm64; build r/a:1 linux/arm64"],
    ["docker push a", "push a ?"],
    [`${LOGIN} && docker push ${ECR}:latest`, `push ${ECR}:latest ?`],
    [`$(aws ecr get-login --no-include-email --region us-east-1) && docker build --platform linux/arm64 -t a . && docker push a`, "push a linux/arm64"],
    ["eval $(aws ecr get-login --no-include-email) && docker build --platform linux/arm64 -t a . && docker push a", "push a linux/arm64"],
    ["docker pull nginx:1.27 && docker tag nginx:1.27 r/p:1.27 && docker push r/p:1.27", "push r/p:1.27 machine"],
    ["docker pull --platform linux/arm64 nginx:1.27 && docker tag nginx:1.27 r/p:1.27 && docker push r/p:1.27", "push r/p:1.27 linux/arm64"],
    ["docker pull --platform=linux/amd64 -q nginx && docker image tag nginx r/p && docker image push r/p", "push r/p linux/amd64"],
    [`docker pull --platform linux/arm64 nginx:1.27 && docker tag nginx:1.27 ${OUTPUT} && docker push ${OUTPUT}`, "push * linux/arm64"],
    [`docker build --platform linux/arm64 -t ${OUTPUT} . && docker push ${OUTPUT}`, "push * linux/arm64"],
    [`docker build --platform linux/arm64 -t ${OUTPUT} . && docker build --platform linux/amd64 -t ${OUTPUT} . && docker push ${OUTPUT}`, "push * ?; build * linux/arm64"],
    ["docker build --platform linux/arm64 -t $REPO:1 . && docker push $REPO:1", "push * linux/arm64"],
    ["docker build --platform linux/arm64 -t $REPO:1 . && docker push $OTHER:1", "push * ?; build * linux/arm64"],
    ["docker build --platform linux/arm64 -t a . && docker build --platform linux/amd64 -t $X . && docker push a", "push a ?; build a ?; build * linux/amd64"],
    ["docker build --platform linux/amd64,linux/arm64 -t a . && docker push a", "push a linux/amd64,linux/arm64"],
    ["docker build --platform linux/amd64,linux/arm64 -t a . && docker push --platform linux/arm64 a", "push a linux/arm64"],
    ["docker build --platform linux/arm64 -t a:1 . && docker push --all-tags a", "push * ?; build a:1 linux/arm64"],
    ["docker push $(docker build -q --platform linux/arm64 .)", "push * ?; build * linux/arm64"],
    ["docker load -i image.tar && docker push a", "push a ?"],
    ["docker build --platform linux/arm64 -t a . && docker load -i image.tar && docker push a", "push a ?; build a ?"],
    ["docker build --platform linux/arm64 -t a . && docker commit box a && docker push a", "push a ?; build a ?"],
    ["docker --context one build --platform linux/arm64 -t a . && docker --context two push a", "push a ?; build a linux/arm64"],
    ["docker build --platform linux/arm64 -t a . | tee build.log && docker push a", "push a linux/arm64"],
    ["docker build --platform linux/arm64 -t a . 2>&1 >/dev/null; docker push a > push.log 2>&1", "push a linux/arm64"],
    ["set -euo pipefail\ncd app\ndocker build --platform linux/arm64 -t a .\ndocker push a\necho done", "push a linux/arm64"],
    ["docker build --platform linux/arm64 -t a . && docker run --rm a npm test && docker push a", "push a linux/arm64"],
    ["docker build --platform linux/arm64 -t a . && trivy image a && docker push a", "push a linux/arm64"],
    ["docker build --platform linux/arm64 -t a . && ./scan.sh && docker push a", "push a ?; build a ?; opaque"],
    ["docker build --platform linux/arm64 -t a . && docker push a && aws ecs update-service --cluster c --service s --force-new-deployment", "push a linux/arm64"],
  ],
  "docker buildx": [
    ["docker buildx build --platform linux/amd64,linux/arm64 -t a:1 --push .", "push a:1 linux/amd64,linux/arm64"],
    ["docker buildx build --platform linux/amd64 --platform linux/arm64 -t a:1 --push .", "push a:1 linux/amd64,linux/arm64"],
    ["docker buildx b --platform linux/arm64 -t a:1 -t a:2 --push .", "push a:1 linux/arm64; push a:2 linux/arm64"],
    ["docker buildx --builder remote build --platform linux/arm64 -t a --push .", "push a linux/arm64"],
    ["docker buildx build --builder remote -t a --push .", "push a machine"],
    ["docker buildx build --platform linux/arm64 -t a --load . && docker push a", "push a linux/arm64"],
    ["docker buildx build --platform linux/arm64 -t a .", "build a linux/arm64"],
    ["docker buildx build --platform linux/arm64 -t a --push=false .", "build a linux/arm64"],
    ["docker buildx build --platform linux/arm64 -t a --push=$PUSH .", "push a ?; build a linux/arm64"],
    ["docker buildx build --platform linux/arm64 --output type=registry -t a .", "push a linux/arm64"],
    ["docker buildx build --platform linux/arm64 -o type=image,name=r/a:1,push=true .", "push r/a:1 linux/arm64"],
    ['docker buildx build --platform linux/arm64 -o \'type=image,"name=r/a:1,r/a:2",push=true\' .', "push r/a:1 linux/arm64; push r/a:2 linux/arm64"],
    ["docker buildx build --platform linux/arm64 -o type=image,name=r/a:1,push=false .", "build r/a:1 linux/arm64"],
    ["docker buildx build --platform linux/arm64 --output type=image,name=r/a,push-by-digest=true,push=true .", "push * linux/arm64"],
    ["docker buildx build --platform linux/arm64 -o out .", "build * linux/arm64"],
    ["docker buildx build --platform linux/arm64 -t a -o type=docker . && docker push a", "push a linux/arm64"],
    ["docker buildx build --platform linux/arm64 -t a -o type=tar,dest=a.tar . && docker push a", "push a ?; build * linux/arm64"],
    ["docker buildx build --platform linux/arm64 -t a -o $OUT .", "push a ?; build a linux/arm64"],
    ["docker buildx create --use --name multi && docker buildx inspect --bootstrap && docker buildx build --platform linux/arm64 -t a --push .", "push a linux/arm64"],
    ["docker buildx create --use --name multi || true; docker buildx build --platform linux/arm64 -t a --push .", "push a linux/arm64"],
    ["docker buildx create --platform linux/arm64 --use; docker buildx build -t a --push .", "push a machine"],
    ["docker run --privileged --rm tonistiigi/binfmt --install all && docker buildx build --platform linux/arm64 -t a --push .", "push a linux/arm64"],
    ["docker run --rm --privileged multiarch/qemu-user-static --reset -p yes; docker buildx build --platform linux/arm64 -t a --push .", "push a linux/arm64"],
    ["docker buildx bake --push", "opaque"],
    ["docker buildx build --platform linux/arm64 --push .", "push * linux/arm64"],
  ],
  "DOCKER_DEFAULT_PLATFORM": [
    ["docker build -t a .", "build a linux/arm64", { DOCKER_DEFAULT_PLATFORM: "linux/arm64" }],
    ["docker build -t a .", "build a ?", { DOCKER_DEFAULT_PLATFORM: undefined }],
    ["docker build -t a .", "build a ?", { DOCKER_DEFAULT_PLATFORM: UNKNOWN_TEXT }],
    ["docker build -t a .", "build a machine", { DOCKER_DEFAULT_PLATFORM: "" }],
    ["docker build --platform linux/amd64 -t a .", "build a linux/amd64", { DOCKER_DEFAULT_PLATFORM: undefined }],
    ["DOCKER_DEFAULT_PLATFORM=linux/arm64 docker build -t a .", "build a linux/arm64"],
    ["DOCKER_DEFAULT_PLATFORM=linux/arm64 docker build -t a . && docker build -t b .", "build a linux/arm64; build b machine"],
    ["env DOCKER_DEFAULT_PLATFORM=linux/arm64 docker build -t a .", "build a linux/arm64"],
    ["export DOCKER_DEFAULT_PLATFORM=linux/arm64; docker build -t a .", "build a linux/arm64"],
    ["export DOCKER_DEFAULT_PLATFORM=linux/arm64\nDOCKER_BUILDKIT=1 docker build -t a . && docker push a", "push a linux/arm64"],
    ["DOCKER_DEFAULT_PLATFORM=linux/arm64; export DOCKER_DEFAULT_PLATFORM; docker build -t a .", "build a linux/arm64"],
    ["DOCKER_DEFAULT_PLATFORM=linux/arm64; docker build -t a .", "build a ?"],
    ["DOCKER_DEFAULT_PLATFORM=linux/arm64; docker build -t a .", "build a linux/arm64", { DOCKER_DEFAULT_PLATFORM: "linux/amd64" }],
    ["unset DOCKER_DEFAULT_PLATFORM; docker build -t a .", "build a machine", { DOCKER_DEFAULT_PLATFORM: "linux/amd64" }],
    ["env -u DOCKER_DEFAULT_PLATFORM docker build -t a .", "build a machine", { DOCKER_DEFAULT_PLATFORM: "linux/amd64" }],
    ["env -i PATH=/usr/bin docker build -t a .", "build a machine", { DOCKER_DEFAULT_PLATFORM: "linux/amd64" }],
    ["sudo docker build -t a .", "build a ?", { DOCKER_DEFAULT_PLATFORM: "linux/amd64" }],
    ["sudo -E docker build -t a .", "build a linux/amd64", { DOCKER_DEFAULT_PLATFORM: "linux/amd64" }],
    ["DOCKER_DEFAULT_PLATFORM=linux/arm64 sudo docker build -t a .", "build a ?"],
    ["sudo DOCKER_DEFAULT_PLATFORM=linux/arm64 docker build -t a .", "build a linux/arm64"],
    ["export $(cat .env | xargs); docker build -t a .", "build a ?; opaque"],
    ["source .env; docker build -t a .", "build a ?; opaque"],
    ["export $(cat .env); docker build -t a .", "build a ?"],
    ["[ -n \"$CI\" ] && export DOCKER_DEFAULT_PLATFORM=linux/arm64; docker build -t a .", "build a ?"],
    ["(export DOCKER_DEFAULT_PLATFORM=linux/arm64); docker build -t a .", "build a machine"],
    ["docker pull nginx && docker tag nginx r/n && docker push r/n", "push r/n linux/arm64", { DOCKER_DEFAULT_PLATFORM: "linux/arm64" }],
    ["podman build -t a .", "build a ?", { DOCKER_DEFAULT_PLATFORM: "linux/arm64" }],
    ["set -a; DOCKER_DEFAULT_PLATFORM=linux/arm64; docker build -t a .", "build a linux/arm64"],
    ["bash -c 'docker build -t a .'", "build a linux/arm64", { DOCKER_DEFAULT_PLATFORM: "linux/arm64" }],
    ["DOCKER_DEFAULT_PLATFORM=linux/arm64 sh -c 'docker build -t a .'", "build a linux/arm64"],
  ],
  "other builders": [
    ["finch build --platform linux/arm64 -t a . && finch push a", "push a linux/arm64"],
    ["finch build --platform amd64 -t a .", "build a linux/amd64"],
    ["finch build -t a . && finch push a", "push a machine"],
    ["finch vm start; finch build --platform linux/amd64,linux/arm64 -t a . && finch push --all-platforms a", "push a linux/amd64,linux/arm64"],
    ["nerdctl build --platform=amd64,arm64 -t a . && nerdctl push a", "push a machine"],
    ["nerdctl -n k8s.io build --platform arm64 -t a . && nerdctl -n k8s.io push --platform arm64 a", "push a linux/arm64"],
    ["nerdctl -n one build --platform arm64 -t a . && nerdctl -n two push a", "push a ?; build a linux/arm64"],
    ["podman build --platform linux/arm64 -t a . && podman push a", "push a linux/arm64"],
    ["podman build --arch arm64 -t a . && podman push a docker://r.io/a:1", "push r.io/a:1 linux/arm64"],
    ["podman build --os windows --arch amd64 -t a .", "build a windows/amd64"],
    ["podman build --platform linux/amd64,linux/arm64 -t a .", "build a ?"],
    ["podman build --platform linux/amd64,linux/arm64 --manifest r.io/l . && podman manifest push r.io/l", "push r.io/l linux/amd64,linux/arm64; build * linux/amd64,linux/arm64"],
    ["podman build --all-platforms --manifest l .", "build * ?"],
    ["podman build --platform linux/arm64 -t a . && podman push a oci-archive:a.tar", "build a linux/arm64"],
    ["docker build --platform linux/arm64 -t a . && podman push a", "push a ?; build a linux/arm64"],
    ["buildah bud --platform linux/arm64 -t a . && buildah push a docker://r.io/a:1", "push r.io/a:1 linux/arm64"],
    ["buildah build --arch=arm64 -t a .; podman push a", "push a linux/arm64"],
    ["buildah from alpine && buildah commit box a && buildah push a", "push a ?; opaque"],
    ["KO_DOCKER_REPO=r.io/app ko build --bare --platform=linux/arm64 ./cmd/app", "push r.io/app:latest linux/arm64"],
    ["export KO_DOCKER_REPO=r.io/app; ko publish -B -t v1,v2 --platform linux/amd64,linux/arm64 .", "push r.io/app:v1 linux/amd64,linux/arm64; push r.io/app:v2 linux/amd64,linux/arm64"],
    ["ko build --platform=linux/arm64 ./cmd/app", "push * linux/arm64", { KO_DOCKER_REPO: "r.io/app" }],
    ["ko build ./cmd/app", "push * ?"],
    ["ko build --platform=all ./cmd/app", "push * ?"],
    ["ko build --local --platform=linux/arm64 ./cmd/app", "build * linux/arm64"],
    ["crane copy --platform linux/arm64 nginx:1 r.io/nginx:1", "push r.io/nginx:1 linux/arm64"],
    ["crane cp nginx:1 r.io/nginx:1", "push r.io/nginx:1 ?"],
    ["crane mutate -t r.io/a:1 r.io/a:0", "opaque"],
    ["skopeo copy docker://nginx:1 docker://r.io/nginx:1", "push r.io/nginx:1 machine"],
    ["skopeo copy --all docker://nginx:1 docker://r.io/nginx:1", "push r.io/nginx:1 ?"],
    ["skopeo copy --override-os linux --override-arch arm64 docker://nginx:1 docker://r.io/nginx:1", "push r.io/nginx:1 linux/arm64"],
    ["skopeo copy --override-arch arm64 docker://nginx:1 docker://r.io/nginx:1", "push r.io/nginx:1 ?"],
  ],
  "manifest lists": [
    [
      "docker build --platform linux/amd64 -t r/a:amd . && docker push r/a:amd && docker build --platform linux/arm64 -t r/a:arm . && docker push r/a:arm && docker manifest create r/a:1 --amend r/a:amd --amend r/a:arm && docker manifest push r/a:1",
      "push r/a:amd linux/amd64; push r/a:arm linux/arm64; push r/a:1 linux/amd64,linux/arm64",
    ],
    ["docker manifest create r/a:1 r/a:amd r/a:arm && docker manifest push --purge r/a:1", "push r/a:1 ?"],
    [
      "docker manifest create r/a:1 r/a:x r/a:y && docker manifest annotate --os linux --arch arm64 r/a:1 r/a:x && docker manifest annotate r/a:1 r/a:y --arch amd64 --os linux && docker manifest push r/a:1",
      "push r/a:1 linux/amd64,linux/arm64",
    ],
    [
      "docker buildx build --platform linux/arm64 -t r/a:x --push . && docker manifest create r/a:1 r/a:x && docker manifest annotate --arch amd64 r/a:1 r/a:x && docker manifest push r/a:1",
      "push r/a:x linux/arm64; push r/a:1 ?",
    ],
    [
      "docker buildx build --platform linux/arm64 -t r/a:x --push . && docker manifest create r/a:1 --amend r/a:x && docker manifest push r/a:1",
      "push r/a:x linux/arm64; push r/a:1 ?",
    ],
    [
      "docker buildx build --platform linux/arm64 -t r/a:x --push . && docker buildx imagetools create -t r/a:1 r/a:x",
      "push r/a:x linux/arm64; push r/a:1 linux/arm64",
    ],
    [
      "docker buildx build --platform linux/arm64 -t r/a:x --push . && docker buildx imagetools create --append -t r/a:1 r/a:x",
      "push r/a:x linux/arm64; push r/a:1 ?",
    ],
    ["docker buildx imagetools create -t r/a:1 r/a:x r/a:y", "push r/a:1 ?"],
    ["docker buildx imagetools create --dry-run -t r/a:1 r/a:x", ""],
    [
      "podman build --platform linux/arm64 -t x . && podman manifest create l x && podman manifest push l docker://r/a:1",
      "push r/a:1 linux/arm64; build x linux/arm64",
    ],
    ["podman manifest create l && podman manifest add l x && podman manifest push l docker://r/a:1", "push r/a:1 ?"],
  ],
  "the shell": [
    ["IMAGE=r/a:1; docker build --platform linux/arm64 -t $IMAGE . && docker push ${IMAGE}", "push r/a:1 linux/arm64"],
    ["TAG=1\nIMAGE=\"r/a:$TAG\"\ndocker build --platform linux/arm64 -t \"$IMAGE\" .\ndocker push \"$IMAGE\"", "push r/a:1 linux/arm64"],
    ["docker build --platform linux/arm64 -t $REPO:$TAG . && docker push $REPO:$TAG", "push r/a:1 linux/arm64", { REPO: "r/a", TAG: "1" }],
    ["docker build --platform linux/arm64 -t ${REPO:-x}:1 . && docker push ${REPO:-x}:1", "push r/a:1 linux/arm64", { REPO: "r/a" }],
    ["docker build --platform ${P:-linux/arm64} -t a .", "build a ?"],
    ["ARGS='--platform linux/arm64 -t a'; docker build $ARGS .", "build a linux/arm64"],
    ["docker build --platform 'linux/'\"arm64\" -t a .", "build a linux/arm64"],
    ["docker build --platform '$P' -t a .", "build a ?", { P: "linux/arm64" }],
    ["TAG=$(git rev-parse HEAD); docker build --platform linux/arm64 -t r/a:$TAG . && docker push r/a:$TAG", "push * linux/arm64"],
    ["sudo docker build --platform linux/arm64 -t a . && sudo docker push a", "push a linux/arm64"],
    ["time docker build --platform linux/arm64 -t a .", "build a linux/arm64"],
    ["timeout 600 nice -n 5 docker build --platform linux/arm64 -t a .", "build a linux/arm64"],
    ["(cd app && docker build --platform linux/arm64 -t a .) && docker push a", "push a linux/arm64"],
    ["{ docker build --platform linux/arm64 -t a .; docker push a; }", "push a linux/arm64"],
    ["sh -c 'docker build --platform linux/arm64 -t a . && docker push a'", "push a linux/arm64"],
    ["bash -lc \"docker build --platform linux/arm64 -t $R . && docker push $R\"", "push r/a linux/arm64", { R: "r/a" }],
    ["bash -euo pipefail -c 'docker push $1' _ r/a", "push r/a ?"],
    ["bash -c \"$SCRIPT\" docker", "opaque"],
    ["curl -s https://example.com/docker.sh | bash", "opaque"],
    ["bash <<EOF\ndocker push a\nEOF", "opaque"],
    ["eval \"docker push a\"", "push a ?"],
    ["eval $COMMAND; docker push a", "push a ?; opaque"],
    ["for T in 1 2; do docker build --platform linux/arm64 -t r/a:$T .; docker push r/a:$T; done", "push r/a:1 linux/arm64; push r/a:2 linux/arm64"],
    ["for T in $TAGS; do docker push r/a:$T; done", "push * ?"],
    ["while read -r T; do docker push r/a:$T; done < tags", "push * ?"],
    ["if [ -n \"$CI\" ]; then docker build --platform linux/arm64 -t a .; fi; docker push a", "push a ?"],
    ["docker build --platform linux/arm64 -t a . || docker build --platform linux/amd64 -t a .; docker push a", "push a ?"],
    ["docker build --platform linux/arm64 -t a . || exit 1; docker push a", "push a linux/arm64"],
    ["docker image inspect a || docker build --platform linux/arm64 -t a .; docker push a", "push a ?"],
    ["test -f Dockerfile && docker build --platform linux/arm64 -t a . && docker push a", "push a ?; build a ?"],
    ["[ -n \"$SKIP\" ] && exit 0; docker build --platform linux/arm64 -t a --push .", "push a ?"],
    ["case $ENV in prod) P=linux/arm64;; *) P=linux/amd64;; esac; docker build --platform $P -t a --push .", "push a ?"],
    ["docker push a & docker push b & wait", "push a ?; push b ?"],
    ["exit 0; docker push a", ""],
    ["build() { docker build --platform linux/arm64 -t \"$1\" .; docker push \"$1\"; }; build r/a:1", "push r/a:1 linux/arm64"],
    ["docker() { echo no; }; docker push a", ""],
    ["docker_push() { docker push a; }", ""],
    ["until docker info; do sleep 1; done; docker buildx build --platform linux/arm64 -t a --push .", "push a linux/arm64"],
    ["nohup /usr/local/bin/dockerd --host=unix:///var/run/docker.sock & docker build --platform linux/arm64 -t a --push .", "push a linux/arm64"],
    ["trap 'docker push b' EXIT; docker push a", "push b ?; push a ?"],
    ["docker build --platform linux/arm64 -t 'a", "opaque"],
    ["if docker build -t a .", "opaque"],
  ],
  "commands that build nothing": [
    ["echo docker build --platform linux/arm64 -t a .", ""],
    ['echo "docker build -t a . && docker push a"', ""],
    ["# docker push a", ""],
    ["ls docker/ && cd docker && mkdir -p buildx", ""],
    ["cat <<'EOF' > build.sh\ndocker push a\nEOF", ""],
    ["git clone https://github.com/docker/buildx.git", ""],
    [LOGIN, ""],
    ["docker ps -a && docker images && docker system prune -f", ""],
    ["docker --version; docker info; docker buildx version", ""],
    ["docker compose ps", ""],
    ["grep -r 'docker push' .", ""],
    ["echo hello", ""],
    ["mkdir -p out; cp -r src out/", ""],
    ["aws s3 sync dist s3://bucket", ""],
    ["", ""],
  ],
  "commands that may do anything": [
    ["./docker-build.sh", "opaque"],
    ["./docker build --platform linux/arm64 -t a .", "opaque"],
    ["make docker-push", "opaque"],
    ["npm run docker:build", "opaque"],
    ["./deploy.sh", "opaque"],
    ["make", "opaque"],
    ["echo $(make image)", "opaque"],
    ["docker compose build && docker compose push", "opaque"],
    ["docker-compose push", "opaque"],
    ["docker run -v /var/run/docker.sock:/var/run/docker.sock builder", "opaque"],
    ["docker run gcr.io/kaniko-project/executor --destination r/a --custom-platform=linux/arm64", "opaque"],
    ["docker exec box docker push a", "opaque"],
    ["$DOCKER push a", "opaque"],
    ["docker $VERB a", "opaque"],
    [`${UNKNOWN_TEXT} docker push a`, "opaque"],
    ["xargs docker push < docker-images.txt", "opaque"],
    ["ssh host docker push a", "opaque"],
    ["source docker.env", "opaque"],
    ["aws ecr put-image --repository-name docker --image-manifest file://m.json", "opaque"],
    ["find . -name Dockerfile -exec docker build {} ;", "opaque"],
    ["alias docker=podman; docker push a", "push a ?; opaque"],
    ["python docker.py", "opaque"],
    ["tee >(./docker.sh)", "opaque"],
  ],
};

describe("readCommand", () => {
  for (const [title, rows] of Object.entries(TABLES)) {
    describe(title, () => {
      for (const [script, expected, environment = {}] of rows) {
        const around = Object.entries(environment).map(([name, value]) => `${name}=${value ?? "?"} `).join("");
        it(`${around}${script.replaceAll(UNKNOWN_TEXT, "<output>")}`.replaceAll("\n", "⏎").slice(0, 160), () => {
          assert.equal(summary(readCommand(script, environment)), expected);
        });
      }
    });
  }

  it("has at least 120 command lines", () => {
    assert.ok(Object.values(TABLES).flat().length >= 120);
  });

  it("gives the same answer for a command in a shell of its own, a group, or after harmless commands", () => {
    for (const [script, expected] of TABLES["build, tag and push"] ?? []) {
      for (const wrapped of [`(${script}\n)`, `{ ${script}\n}`, `set -e\necho start\n${script}`, `${script}\necho done`]) {
        assert.equal(summary(readCommand(wrapped, {})), summary(readCommand(script, {})), `${wrapped} – ${expected}`);
      }
    }
  });

  it("never quotes a command but for references and platforms", () => {
    const secret = "s3cr3t";
    for (const script of [
      `docker login -p ${secret} && docker build --build-arg TOKEN=${secret} --platform linux/arm64 -t a --push .`,
      `docker build --platform ${secret} -t a --push .`,
      `TOKEN=${secret} ./docker.sh ${secret}`,
      `docker ${secret} a; ${secret} docker`,
      `docker build --platform linux/arm64 '${secret}`,
      `DOCKER_DEFAULT_PLATFORM=${secret} docker build -t a .`,
    ]) {
      assert.ok(!JSON.stringify(readCommand(script, { SECRET: secret })).includes(secret), script);
    }
  });

  it("says how the platform is known", () => {
    const how = (script: string): readonly string[] => readCommand(script, {}).pushes.map((image) => `${image.tool}: ${image.how}`);
    assert.deepEqual(how("docker build --platform arm64 -t a . && docker push a"), ["docker build: --platform linux/arm64"]);
    assert.deepEqual(how("export DOCKER_DEFAULT_PLATFORM=linux/x86_64; docker buildx build -t a --push ."), ["docker buildx build: DOCKER_DEFAULT_PLATFORM linux/amd64"]);
    assert.deepEqual(how("finch build -t a . && finch push a"), ["finch build: no --platform"]);
    assert.deepEqual(how("docker push a"), ["docker push: the image is made elsewhere"]);
  });

  it("names the image that another command must have made", () => {
    const [pushed] = readCommand("docker tag app r/a:1 && docker push r/a:1", {}).pushes;
    assert.deepEqual(pushed?.platforms, { kind: "unknown", why: "the image is made elsewhere", images: ["app"] });
  });

  it("names the images that a manifest joins, where all of them are made elsewhere", () => {
    const platforms = (script: string): unknown => readCommand(script, {}).pushes.at(-1)?.platforms;
    const joined = { kind: "unknown", why: "its parts are not all known", images: ["r/a:arm", "r/a:amd"] };
    assert.deepEqual(platforms("docker manifest create r/a:1 r/a:arm r/a:amd && docker manifest push r/a:1"), joined);
    assert.deepEqual(platforms("docker buildx imagetools create -t r/a:1 r/a:arm r/a:amd"), joined);
    const open = { kind: "unknown", why: "its parts are not all known" };
    assert.deepEqual(platforms("docker manifest create r/a:1 r/a:arm $OTHER && docker manifest push r/a:1"), open);
    assert.deepEqual(platforms("docker build --platform linux/amd64 -t r/a:amd --push . && docker manifest create r/a:1 r/a:arm r/a:amd && docker manifest push r/a:1"), open);
  });
});

describe("readCommand, generated", () => {
  const known = (reading: CommandReading): readonly CommandImage[] =>
    [...reading.pushes, ...reading.builds].filter(({ platforms }) => platforms.kind === "known");

  it("says less, never something else, when a word of a readable command becomes unknown", () => {
    const rows = Object.values(TABLES).flat().filter(([script]) => script.includes("--platform"));
    const facts = (reading: CommandReading): Map<string, string> =>
      new Map(known(reading).filter(({ reference }) => reference !== undefined).map((image) => [image.reference ?? "", imageText(image)]));
    fc.assert(fc.property(fc.constantFrom(...rows), fc.nat(), ([script, , environment = {}], pick) => {
      const pieces = script.split(" ");
      // The name of a variable or a tag that is lost cannot be missed; only what replaces an argument is tried.
      const places = pieces.flatMap((piece, index) => (/^(linux\/[a-z0-9,/]+|--platform=\S+|\$[A-Z]+)$/.test(piece) ? [index] : []));
      const place = places[pick % Math.max(places.length, 1)];
      if (place === undefined) {
        return;
      }
      const before = facts(readCommand(script, environment));
      pieces[place] = (pieces[place] ?? "").startsWith("--platform=") ? `--platform=${UNKNOWN_TEXT}` : UNKNOWN_TEXT;
      for (const [reference, fact] of facts(readCommand(pieces.join(" "), environment))) {
        assert.equal(before.get(reference), fact, pieces.join(" "));
      }
    }), { numRuns: 1000 });
  });
});
