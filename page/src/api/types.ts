/** What the API answers, as /api/openapi.json describes it. */
export interface Item {
  id: string;
  title?: string | null;
  categories?: string[] | null;
}

export interface Reason {
  itemId: string;
  title?: string | null;
  /** ln of how many times likelier it makes the recommended item. */
  weight: number;
}

export interface RecommendedItem {
  itemId: string;
  title?: string | null;
  categories?: string[] | null;
  isNew?: boolean;
  rank: number;
  score: number | null;
  propensity: number;
  explored: boolean;
  /** Whether a rule put it there. */
  forced?: boolean;
  probability?: number;
  because?: Reason[];
  chance?: number;
  chanceError?: number;
}

export interface Candidate {
  itemId: string;
  title?: string | null;
  score: number;
  chance: number;
  chanceError: number;
}

export interface Recommendation {
  recommendationId?: string;
  userId: string | null;
  placement: string;
  modelVersion: string;
  source: string;
  policy: { temperature: number; epsilon: number; greedyShare: number; seed: number };
  eligible: number;
  logged: boolean;
  degraded: boolean;
  rulesVersion?: number;
  items: RecommendedItem[];
  candidates?: Candidate[];
}

export interface Interaction {
  eventId: string;
  itemId: string;
  title?: string | null;
  type: string;
  source: string;
  timestamp: string;
}

export interface UserHistory {
  userId: string;
  interactions: Interaction[];
  /** What counts as acted on, oldest first. */
  history: string[];
  /** What was turned down. */
  dislikes: string[];
  titles: Record<string, string>;
}

export interface DataRange {
  from: string | null;
  to: string | null;
  events: number;
  users: number;
  items: number;
}

export interface Verdict {
  passed: boolean;
  reasons: string[];
  figures: Record<string, number>;
  overriddenBy: string | null;
  override?: { by: string; at: string; reason: string } | null;
  regression?: string | null;
}

export interface Model {
  version: string;
  createdAt: string;
  parentVersion: string | null;
  data: DataRange;
  bytes: number;
  protocol: string;
  metrics: Record<string, number>;
  baselines: Record<string, Record<string, number>>;
  verdict: Verdict | null;
  served: { from: string; until: string | null }[];
}

export interface Move {
  version: string;
  previous: string | null;
  at: string;
  by: string;
  reason: string;
}

export interface ModelList {
  current: string | null;
  models: Model[];
  history: Move[];
}

export interface CurvePoint {
  phase: string;
  epoch: number;
  loss: number;
  metric: number | null;
  positionsPerSecond: number;
  seconds: number;
}

export interface Run {
  runId: string;
  trigger: string;
  refresh: boolean;
  startedAt: string;
  finishedAt: string | null;
  outcome: "Running" | "NothingNew" | "Published" | "Refused" | "Cancelled" | "Failed" | "Died";
  data: DataRange | null;
  phaseSeconds: Record<string, number>;
  metrics: Record<string, number>;
  verdict?: Verdict | null;
  modelVersion: string | null;
  error: string | null;
  progress?: {
    at: string;
    phase: string;
    training: {
      epoch: number;
      epochs: number;
      epochFraction: number;
      loss: number;
      metric: number | null;
      bestMetric: number | null;
      bestEpoch: number;
      positionsPerSecond: number;
      secondsLeft: number;
    } | null;
  } | null;
  curve?: CurvePoint[];
}

export interface HealthReport {
  /** Left out for the default space. */
  space?: string;
  status: "healthy" | "degraded" | "unhealthy";
  checkedAt: string;
  problems: string[];
  storage: { blobs: boolean; queues: boolean; tables: boolean };
  model: { serving: string | null; wanted: string | null; ageSeconds: number | null; failure: string | null; response: string | null };
  queues: Record<string, { waiting: number; poison: number } | null>;
  lastRetrain: {
    runId: string;
    trigger: string;
    startedAt: string;
    finishedAt: string | null;
    outcome: Run["outcome"];
    modelVersion: string | null;
    error: string | null;
  } | null;
}

export interface RetrainOutlook {
  nextAt: string | null;
  newEvents: number;
  minimumNewEvents: number;
  deletionDue: boolean;
  wouldStart: boolean;
  wouldRefresh: boolean;
}

export interface FailedMessage {
  messageId: string;
  queue: string;
  failedAt: string | null;
  events: number | null;
  problem: string | null;
  text: string;
}

export interface DeletionPart {
  doneAt: string | null;
  removed: number;
  dueAt?: string | null;
}

export interface Deletion {
  deletionId: string;
  state: "under way" | "complete";
  requestedAt: string;
  history: DeletionPart;
  impressions: DeletionPart;
  messages: DeletionPart;
  snapshot: DeletionPart;
  backups: DeletionPart;
  modelsTrainedBefore: string[] | null;
}
