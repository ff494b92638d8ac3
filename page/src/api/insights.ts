/** Why there is not enough support, as a sentence. */
export function whyNot(reason: string | null): string {
  const text = (reason ?? "too few lists to say").replace(/^not enough support:\s*/i, "");
  return `${text[0]!.toUpperCase()}${text.slice(1)}`;
}

/** What GET /api/insights answers: InsightsReport of /api/openapi.json, as far as the page shows it. */
export interface ServedRate {
  key: string;
  served: number;
  seen: number;
  interacted: number;
  plain: number | null;
  plainLow: number | null;
  plainHigh: number | null;
  plainEnough: boolean;
  ofSeen: number | null;
  weighted: number | null;
  low: number | null;
  high: number | null;
  effectiveSampleSize: number;
  enough: boolean;
  reason: string | null;
}

export interface Calibration {
  source: string;
  learnedFrom: number;
  testedOn: number;
  bins: { count: number; predicted: number; observed: number; low: number; high: number }[];
  expectedError: number | null;
  brier: number | null;
  baseBrier: number | null;
  enough: boolean;
  reason: string | null;
}

export interface AdvisedSetting {
  temperature: number;
  epsilon: number;
  reward: number | null;
  change: number | null;
  changeLow: number | null;
  changeHigh: number | null;
  nextEffectiveSlates: number;
  enough: boolean;
  reason: string | null;
}

export interface Insights {
  from: string;
  to: string;
  placement: string | null;
  slates: { looked: number; limit: number | null; complete: boolean; counted: number; immature: number; open: number; maturitySeconds: number };
  support: { leastEffectiveSampleSize: number; confidence: number };
  total: ServedRate;
  items: { count: number; withSupport: number; top: ServedRate[] };
  ranks: ServedRate[];
  placements: ServedRate[];
  sources: ServedRate[];
  segments: ServedRate[];
  calibrations: Calibration[];
  spread: {
    catalogue: number;
    served: number;
    coverage: number | null;
    gini: number | null;
    discoverable: number | null;
    discoverySlates: number;
    leastChance: number | null;
  };
  days: { day: string; slates: number; served: number; rate: number | null; low: number | null; high: number | null }[];
  activity: { basis: string; users: number; days: { day: string; interactions: number; servedShare: number | null }[] } | null;
  models: { version: string; slates: number; rate: ServedRate; coverage: number | null; gini: number | null; shift: number | null }[];
  advice: {
    slates: number;
    reward: number | null;
    settings: AdvisedSetting[];
    recommended: { temperature: number; epsilon: number } | null;
    reason: string;
  };
  runs: {
    runId: string;
    at: string;
    coverage: number | null;
    gini: number | null;
    discoverable: number | null;
    servedShare: number | null;
  }[];
}
