export default (text: string): number => {
  let sum = 0
  for (const number of JSON.parse(text) as number[]) sum += number
  return sum
}
