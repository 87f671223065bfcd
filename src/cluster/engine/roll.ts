import type { Engine } from './engine.js'

/** Somebody who has told of himself. */
export interface Present<Beat> {
  readonly beat: Beat
  /** Milliseconds since it was heard of last, by the engine's clock. */
  readonly silentMs: number
}

/** Says what there is to say of `name`, who counts as silent from now on until this is called again. */
export async function signIn(engine: Engine, roll: string, name: string, beat: object): Promise<void> {
  await engine.redis.omakaseSignIn(roll, name, engine.seal.close('beat', JSON.stringify(beat)))
}

/** Signs in where nobody else of this name was heard of lately; otherwise gives for how many milliseconds he was not. */
export async function takePlace(
  engine: Engine,
  roll: string,
  name: string,
  beat: object,
): Promise<number | null> {
  const text = engine.seal.close('beat', JSON.stringify(beat))
  const silentMs = await engine.redis.omakaseTakePlace(roll, name, text)
  return silentMs < 0 ? null : silentMs
}

/** Everybody who was heard of within a minute, in the order of their names. */
export async function callRoll<Beat>(engine: Engine, roll: string): Promise<Present<Beat>[]> {
  const flat = await engine.redis.omakaseCallRoll(roll)
  const here: (Present<Beat> & { readonly name: string })[] = []
  for (let i = 0; i < flat.length; i += 3) {
    const text = engine.seal.open('beat', String(flat[i + 2]))
    if (text === null) continue
    here.push({ name: String(flat[i]), silentMs: Number(flat[i + 1]), beat: JSON.parse(text) as Beat })
  }
  return here.sort((a, b) => (a.name < b.name ? -1 : 1))
}
