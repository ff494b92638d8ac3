import { createStore } from "./store";

const KEY = "sasrec.key";

/** Where the API is: the page lies one level below it. */
const root = new URL("../", document.baseURI);

/** What is known of the function key: whether it has been asked for, and whether it was taken. */
export type Access = "unknown" | "open" | "needed" | "wrong";

export const access = createStore<Access>("unknown");

/** What the API refused or could not do, in the words of its problem+json. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    title: string,
    readonly detail?: string,
  ) {
    super(title);
  }

  /** No model serves, or nothing answers for now: asking again may help. */
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status === 503;
  }

  /** Nothing answered at all. */
  get offline(): boolean {
    return this.status === 0;
  }
}

interface ProblemBody {
  title?: string;
  detail?: string;
  errors?: { field: string; value: string | null; range: string }[];
}

export interface Options {
  method?: "GET" | "POST" | "PUT" | "DELETE";
  body?: unknown;
  signal?: AbortSignal;
  /** Statuses beside 2xx whose body is an answer and no problem. */
  answers?: number[];
}

/** Asks the API; answers are JSON. */
export async function ask<T>(path: string, options: Options = {}): Promise<T> {
  const response = await send(path, options);
  if (response.status === 401) {
    access.set(sessionStorage.getItem(KEY) ? "wrong" : "needed");
    throw new ApiError(401, "The function key is missing or wrong.");
  }

  if (access.get() !== "open") {
    access.set("open");
  }

  if (response.ok || options.answers?.includes(response.status)) {
    return (await response.json()) as T;
  }

  throw await problem(response);
}

/** Keeps a key for this browser tab and tries it. */
export async function unlock(key: string): Promise<void> {
  sessionStorage.setItem(KEY, key);
  await probe();
}

/** Forgets the key. */
export function lock(): void {
  sessionStorage.removeItem(KEY);
  access.set("needed");
}

/** Finds out whether the API lets this page in. */
export async function probe(): Promise<void> {
  try {
    await ask("models?count=1");
  } catch (error) {
    // Anything but a refusal says that the key was taken; the sections tell what else is wrong.
    if (error instanceof ApiError && error.status !== 401) {
      access.set("open");
    }
  }
}

async function send(path: string, { method = "GET", body, signal }: Options): Promise<Response> {
  const key = sessionStorage.getItem(KEY);
  try {
    return await fetch(new URL(path, root), {
      method,
      headers: key ? { "x-functions-key": key } : {},
      body: body === undefined ? undefined : JSON.stringify(body),
      signal,
    } as RequestInit);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") {
      throw error;
    }

    throw new ApiError(0, "The application does not answer.", "It may be starting, or this machine is offline. The page keeps trying.");
  }
}

async function problem(response: Response): Promise<ApiError> {
  const body: ProblemBody = await response.json().catch(() => ({}));
  const fields = body.errors?.map((e) => `${e.field} is ${e.value ?? "missing"}; allowed: ${e.range}`).join(". ");
  return new ApiError(response.status, body.title ?? `The application answered ${response.status}.`, body.detail ?? fields);
}

export const isAbort = (error: unknown): boolean => error instanceof DOMException && error.name === "AbortError";
