#!/usr/bin/env node
/** The command `cpu-architecture`. */

import { run } from "./main";

// A reader that has seen enough (`| head`) closes the pipe; that is no error of ours.
process.stdout.on("error", () => undefined);

const output = {
  write: (text: string): void => {
    process.stdout.write(text);
  },
  note: (line: string): void => {
    process.stderr.write(`cpu-architecture: ${line}\n`);
  },
};

// Not process.exit: it would cut off what a pipe has not taken yet.
void run(process.argv.slice(2), output).then((code) => {
  process.exitCode = code;
});
