/** What the API keeps as rules, as /api/openapi.json describes it. */
export type Scalar = string | number | boolean;

export interface Condition {
  category?: string;
  itemId?: string;
  attribute?: string;
  equals?: Scalar;
  oneOf?: Scalar[];
  min?: number;
  max?: number;
  exists?: boolean;
  not?: boolean;
}

export interface Boost {
  where: Condition[];
  amount: number;
}

export interface Pin {
  itemId: string;
  rank: number;
}

export interface Cap {
  category: string;
  most: number;
}

export interface SlateRules {
  where?: Condition[];
  boosts?: Boost[];
  pins?: Pin[];
  maxPerCategory?: number | null;
  caps?: Cap[];
  diversity?: number | null;
}

export interface RuleChange {
  version: number;
  placement: string;
  rules?: SlateRules;
  by: string;
  reason: string;
  at: string;
}

/** Whether rules say nothing. */
export const isEmpty = ({ where, boosts, pins, maxPerCategory, caps, diversity }: SlateRules): boolean =>
  !where?.length && !boosts?.length && !pins?.length && !caps?.length && (maxPerCategory ?? null) === null && !diversity;

/** A value as somebody types it: a number, true, false, or a text; a text that looks otherwise stands in quotes. */
export function readScalar(text: string): Scalar {
  const plain = text.trim();
  if (/^".*"$/.test(plain)) {
    return plain.slice(1, -1);
  }

  return plain === "true" ? true : plain === "false" ? false : plain !== "" && Number.isFinite(Number(plain)) ? Number(plain) : plain;
}

/** The same the other way. */
export const writeScalar = (value: Scalar): string => (typeof value === "string" && readScalar(value) !== value ? `"${value}"` : String(value));

/** A condition in words. */
export function inWords({ category, itemId, attribute, equals, oneOf, min, max, exists, not }: Condition, titleOf: (id: string) => string): string {
  if (category !== undefined) {
    return `${not ? "not " : ""}in ${category}`;
  }

  if (itemId !== undefined) {
    return `${not ? "not " : ""}${titleOf(itemId)}`;
  }

  const values = oneOf ?? (equals === undefined ? [] : [equals]);
  const test =
    exists !== undefined
      ? exists
        ? "is there"
        : "is not there"
      : min !== undefined && max !== undefined
        ? `is ${min} to ${max}`
        : min !== undefined
          ? `is at least ${min}`
          : max !== undefined
            ? `is at most ${max}`
            : `is ${values.map(writeScalar).join(" or ")}`;
  return not ? `not: ${attribute} ${test}` : `${attribute} ${test}`;
}

/** Rules line by line, in words. */
export function linesOf(rules: SlateRules, titleOf: (id: string) => string): string[] {
  const all = (where: Condition[]) => where.map((condition) => inWords(condition, titleOf)).join(", ");
  return [
    ...(rules.where?.length ? [`Only items: ${all(rules.where)}`] : []),
    ...(rules.boosts ?? []).map(({ where, amount }) => `${amount < 0 ? "Bury" : "Boost"} by ${Math.abs(amount)}: ${all(where)}`),
    ...(rules.pins ?? []).map(({ itemId, rank }) => `Pin at ${rank}: ${titleOf(itemId)}`),
    ...(rules.maxPerCategory ? [`At most ${rules.maxPerCategory} of a category`] : []),
    ...(rules.caps ?? []).map(({ category, most }) => (most === 0 ? `None of ${category}` : `At most ${most} of ${category}`)),
    ...(rules.diversity ? [`Diversity ${rules.diversity}`] : []),
  ];
}
