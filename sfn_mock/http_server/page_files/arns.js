/** The parts of an ARN of Step Functions. */

/** `names` are the parts after the resource type. @param {string} arn */
export function parse(arn) {
  const [, , , region = "", account = "", type = "", ...names] = arn.split(":");
  return { region, account, type, names };
}

/** Returns the last part: the name of a machine, execution or alias, or the number of a version. @param {string} arn */
export function lastName(arn) {
  return parse(arn).names.at(-1) ?? arn;
}

/** Returns the ARN of the state machine of a version, alias, execution, map run or label. @param {string} arn */
export function stateMachineArn(arn) {
  const { names } = parse(arn);
  const [name] = (names[0] ?? "").split("/");
  return [...arn.split(":").slice(0, 5), "stateMachine", name].join(":");
}

/** Returns the label in a map run's ARN; a generated id if the definition has none. @param {string} mapRunArn */
export function label(mapRunArn) {
  const { names } = parse(mapRunArn);
  return (names[0] ?? "").split("/")[1] ?? lastName(mapRunArn);
}
