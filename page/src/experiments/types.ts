export interface Arm {
  name: string;
  share: number;
  modelVersion?: string;
  recommender?: string;
  exploration?: number;
  temperature?: number;
  epsilon?: number;
  rules?: object;
}

export interface Plan {
  id: string;
  placement?: string;
  windowSeconds: number;
  effect: number;
  arms: Arm[];
}

export interface Stored {
  experiment: Plan;
  state: "Draft" | "Running" | "Stopped" | "Shipped";
  version: number;
  startedAt: string | null;
  stoppedAt: string | null;
  shippedArm: string | null;
}

export interface ExperimentList {
  version: number;
  experiments: Stored[];
  models: { version: string; inMemory: boolean; failure: string | null }[];
}

export interface ArmReport {
  name: string;
  share: number;
  users: number;
  openUsers: number;
  acted: number;
  mean: number | null;
  difference?: { value: number; low: number; high: number; relative: number | null; moreUsers: number | null };
  guards: { slates: number; emptyShare: number | null; items: number; medianMilliseconds: number | null; p95Milliseconds: number | null };
}

export interface Report {
  asOf: string;
  complete: boolean;
  userSample: number;
  arms: ArmReport[];
  verdict: string;
  warnings: string[];
}
