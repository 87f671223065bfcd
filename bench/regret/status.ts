/** What a server says to a request; what is not 200 is an error with a status. */
export default async function status(url: string): Promise<number> {
  const response = await fetch(url)
  await response.arrayBuffer()
  if (!response.ok) throw Object.assign(new Error(`HTTP ${response.status}`), { status: response.status })
  return response.status
}
