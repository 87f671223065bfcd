export default async function noOp<T>(input: T): Promise<T> {
  return input
}
