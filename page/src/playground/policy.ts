/** How far a slate may stray from the model's own order. */
export interface Policy {
  temperature: number;
  epsilon: number;
}

const LEAST = 0.05;
const MOST = 5;
export const POSITIONS = 100;

/** Temperatures by slider position: 0 is greedy, and from there each step is the same factor. */
export const temperatureAt = (position: number): number =>
  position === 0 ? 0 : Number((LEAST * (MOST / LEAST) ** ((position - 1) / (POSITIONS - 1))).toPrecision(2));

export const positionOf = (temperature: number): number =>
  temperature === 0
    ? 0
    : Math.min(POSITIONS, Math.max(1, Math.round(1 + ((POSITIONS - 1) * Math.log(temperature / LEAST)) / Math.log(MOST / LEAST))));

/** A seed that the API takes. */
export const newSeed = (): number => Math.floor(Math.random() * 2 ** 48);
