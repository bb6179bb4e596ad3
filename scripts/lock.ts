// Lets one process at a time make what several need, such as the Pulumi CLI in a cache folder.
import { mkdirSync, renameSync, rmSync, statSync, utimesSync } from "node:fs";

/** Takes one line about what is going on, for a person who waits. */
export type Say = (line: string) => void;

const SECOND = 1000;
const REFRESH = 5 * SECOND;
const STALE = 60 * SECOND;

/**
 * Runs `work` in one process at a time: a folder is the lock, its age tells whether the owner still lives.
 *
 * @param lock the folder that is the lock; the one above it must exist
 * @param onWait called once when another process holds the lock
 */
export async function withLock<T>(lock: string, onWait: () => void, work: () => Promise<T>): Promise<T> {
  let announced = false;
  while (!takeLock(lock)) {
    if (!announced) {
      onWait();
      announced = true;
    }
    await new Promise((resolve) => setTimeout(resolve, SECOND));
  }
  const refresh = setInterval(() => touch(lock), REFRESH);
  try {
    return await work();
  } finally {
    clearInterval(refresh);
    rmSync(lock, { recursive: true, force: true });
  }
}

function takeLock(lock: string): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch {
    if (ageOf(lock) > STALE) {
      breakLock(lock);
    }
    return false;
  }
}

/** Removes the lock of a process that died. Should two processes come to work at once, they only do the same work twice. */
function breakLock(lock: string): void {
  const aside = `${lock}.${process.pid}`;
  try {
    renameSync(lock, aside);
    rmSync(aside, { recursive: true, force: true });
  } catch {
    // Another process was faster, or the owner has just finished.
  }
}

function ageOf(file: string): number {
  try {
    return Date.now() - statSync(file).mtimeMs;
  } catch {
    return 0;
  }
}

function touch(file: string): void {
  try {
    utimesSync(file, new Date(), new Date());
  } catch {
    // The lock was broken as stale, for instance after the machine slept; what is being made is still moved whole.
  }
}
