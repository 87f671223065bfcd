export default async function noOp(input: number): Promise<number> {
  return input
}
