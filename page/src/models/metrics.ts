import type { Model } from "../api/types";

/** The metric that models are compared by, and what the other names mean. */
export const MAIN = "ndcg@10";

export const meaning: Record<string, string> = {
  "ndcg@10": "Ranks what each user did next among all items: 1 if always first, 0 if never in the first ten.",
  "hr@10": "How often what a user did next is among the first ten.",
  "mrr": "The mean of 1 / rank of what a user did next.",
  "coverage@10": "How much of the catalogue stands in at least one list of ten.",
};

export const nameOf = (metric: string): string =>
  ({ "ndcg@10": "NDCG@10", "hr@10": "HR@10", "mrr": "MRR", "coverage@10": "Coverage@10" })[metric] ?? metric;

export interface Compared {
  name: string;
  value: number;
  own: boolean;
}

/** A model's main metric beside those of its baselines, best first. */
export function compared(model: Model): Compared[] {
  const bars: Compared[] = Object.entries(model.baselines)
    .filter(([, metrics]) => metrics[MAIN] !== undefined)
    .map(([name, metrics]) => ({ name, value: metrics[MAIN]!, own: false }));
  if (model.metrics[MAIN] !== undefined) {
    bars.push({ name: "this model", value: model.metrics[MAIN]!, own: true });
  }

  return bars.sort((a, b) => b.value - a.value);
}

/** The readable half of a version: its time. */
export function shortOf(version: string): string {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)\d\dZ-(\w{4})/.exec(version);
  return match ? `${match[1]}-${match[2]}-${match[3]} ${match[4]}:${match[5]} · ${match[6]}` : version;
}
