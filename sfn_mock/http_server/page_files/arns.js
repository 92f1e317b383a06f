/** The parts of an ARN of Step Functions. */

/**
 * `names` are the parts after the resource type.
 *
 * @param {string} arn
 */
export function parse(arn) {
  const [, , , region = "", account = "", type = "", ...names] = arn.split(":");
  return { region, account, type, names };
}

/** The last part: the name of a machine or execution, the number of a version, the name of an alias. @param {string} arn */
export function lastName(arn) {
  return parse(arn).names.at(-1) ?? arn;
}

/** The state machine of a version, an alias, an execution, a map run, or a map run's label. @param {string} arn */
export function stateMachineArn(arn) {
  const { names } = parse(arn);
  const [name] = (names[0] ?? "").split("/");
  return [...arn.split(":").slice(0, 5), "stateMachine", name].join(":");
}

/** The part of a map run's ARN that names its Map state; its id where the definition gives none. @param {string} mapRunArn */
export function label(mapRunArn) {
  const { names } = parse(mapRunArn);
  return (names[0] ?? "").split("/")[1] ?? lastName(mapRunArn);
}
