/** The page's requests: AWS's operations, and the server's routes under /sfn-mock/. */

/**
 * @typedef {{ account: string, region: string }} AccountRegion
 * @typedef {(operation: string, parameters: Record<string, unknown>) => Promise<any>} Call
 * @typedef {{ of: string, name?: string, status?: string, redrive?: string, first?: string, size?: string }} Search
 */

/** An answer with an error: AWS's, with its code, or the server's, which is a sentence. */
export class Refusal extends Error {
  /** @param {string | null} code @param {string} message */
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/** The server does not answer: it has probably stopped. */
export class Unreachable extends Error {}

/**
 * Returns a function that calls an operation of Step Functions in one account and region.
 *
 * @param {AccountRegion} accountRegion
 * @returns {Call}
 */
export function stepFunctions({ account, region }) {
  return async (operation, parameters) => {
    const response = await ask("/", {
      method: "POST",
      headers: {
        "Content-Type": "application/x-amz-json-1.0",
        "X-Amz-Target": `AWSStepFunctions.${operation}`,
        "x-moto-account-id": account,
        "x-sfn-mock-region": region,
        // The page's requests are not recorded with the calls of the code under test.
        "x-sfn-mock-page": "1",
      },
      body: JSON.stringify(parameters),
    });
    const answer = await response.json();
    if (!response.ok) {
      throw new Refusal(answer.__type.split("#").at(-1), answer.message ?? answer.Message ?? "");
    }
    return answer;
  };
}

/**
 * Returns all items of a list operation, page by page; `member` is the name of the list in the answer.
 *
 * @param {Call} call
 * @param {string} operation
 * @param {Record<string, unknown>} parameters
 * @param {string} member
 * @returns {Promise<any[]>}
 */
export async function all(call, operation, parameters, member) {
  const items = [];
  let nextToken;
  do {
    const page = await call(operation, nextToken ? { ...parameters, nextToken } : parameters);
    items.push(...page[member]);
    nextToken = page.nextToken;
  } while (nextToken);
  return items;
}

/**
 * Requests one of the server's routes, such as `server("GET", "info")`; a text is sent unchanged, other bodies as JSON.
 *
 * @param {string} method
 * @param {string} route
 * @param {unknown} [body]
 * @returns {Promise<any>}
 */
export async function server(method, route, body = null) {
  const response = await ask(`/sfn-mock/${route}`, {
    method,
    body: typeof body === "string" || body === null ? body : JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) {
    throw new Refusal(null, answer.message);
  }
  return answer;
}

/** Returns the number of executions that match a search, and some of them. @param {Search} search */
export function find(search) {
  return server("GET", `executions?${new URLSearchParams(search)}`);
}

/** @param {string} path @param {RequestInit} request */
async function ask(path, request) {
  try {
    return await fetch(path, request);
  } catch (error) {
    throw new Unreachable(String(error));
  }
}
