import type { Run } from "../api/types";

export const outcomes: Record<Run["outcome"], string> = {
  Running: "running",
  NothingNew: "too little new",
  Published: "published",
  Refused: "refused by the gate",
  Cancelled: "cancelled",
  Failed: "failed",
  Died: "killed",
};

/** What the exit codes of a process say on Linux. */
const causes: Record<number, string> = {
  2: "Its command line or a setting is wrong.",
  130: "It was interrupted.",
  134: "It aborted: a library under it gave up.",
  137: "It was killed, most often because the machine ran out of memory. Give the job more memory, or train with shorter histories or less data.",
  139: "It crashed in a library under it (segmentation fault).",
  143: "It was ended from outside, as by a new deployment.",
};

/** What an error with an exit code means, in words; undefined where it says so itself. */
export function causeOf(error: string): string | undefined {
  const code = /exit code (\d+)/i.exec(error)?.[1];
  return code === undefined ? undefined : causes[Number(code)];
}
