import { access } from "./client";
import { createStore } from "./store";

const addresses = new Map<string, string>();

/** The hosts that an operator lets pictures come from; unknown until the first picture is learnt. */
const hosts = createStore<string[] | undefined>(undefined);
let asked = false;

export const pictureHosts = hosts;

// Another key may open another space, whose items have the same ids.
access.subscribe(() => access.get() === "open" || addresses.clear());

/** Takes the address of an item's picture; the first one asks which hosts are allowed. */
export function learnPicture(id: string, address: string): void {
  addresses.set(id, address);
  if (!asked) {
    asked = true;
    fetch(new URL("settings.json", document.baseURI))
      .then((response) => response.json() as Promise<{ imageHosts: string[] }>)
      .then((settings) => hosts.set(settings.imageHosts))
      .catch((error: unknown) => console.info("No pictures:", error));
  }
}

/** The picture of an item where there is one that may be loaded: the content security policy forbids all others. */
export function pictureOf(id: string): string | undefined {
  const address = addresses.get(id);
  return address !== undefined && hosts.get()?.some((host) => isOf(new URL(address), host)) ? address : undefined;
}

function isOf({ protocol, hostname, host }: URL, allowed: string): boolean {
  const [name, port] = allowed.toLowerCase().split(":") as [string, string?];
  const found = name.startsWith("*.") ? hostname.endsWith(name.slice(1)) : hostname === name;
  return found && (port === undefined ? host === hostname : host === `${hostname}:${port}`) && (location.protocol === "http:" || protocol === "https:");
}
