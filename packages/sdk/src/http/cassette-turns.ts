/** What of an exchange says when it is played. */
export interface TurnedExchange {
  readonly response: { readonly status: number };
  /** Of a failure that passes: how often the same had been asked before it came. */
  readonly turn?: number;
}

/**
 * The exchanges that a cassette keeps of all there were. The same question with the same answer is kept once. A failure
 * that passes (HTTP 408, 429, 5xx) is kept each time, with its turn: played at any other, it would make a client wait
 * where it did not while recording, and move the time on.
 */
export function keptExchanges<Exchange extends TurnedExchange>(
  all: readonly Exchange[],
  { keyOf, contentOf }: ExchangeTexts<Exchange>,
): readonly Exchange[] {
  const turns = new Map<string, number>();
  const known = new Set<string>();
  return all.flatMap((exchange) => {
    const key = keyOf(exchange);
    const turn = turns.get(key) ?? 0;
    turns.set(key, turn + 1);
    if (passes(exchange.response.status)) return [{ ...exchange, turn }];
    const content = contentOf(exchange);
    if (known.has(content)) return [];
    known.add(content);
    return [exchange];
  });
}

export interface ExchangeTexts<Exchange> {
  /** The same for requests that are the same question. */
  readonly keyOf: (exchange: Exchange) => string;
  /** The same for exchanges with the same question and the same answer. */
  readonly contentOf: (exchange: Exchange) => string;
}

/**
 * Which of the recorded answers to a question is due: a failure in its turn, otherwise the others in their order and
 * from the first again. Where there are only failures, they come in their order. Undefined for none.
 */
export function createTurns<Exchange extends TurnedExchange>() {
  const asked = new Map<string, number>();
  const answered = new Map<string, number>();
  return (key: string, answers: readonly Exchange[]): Exchange | undefined => {
    const turn = countUp(asked, key);
    const failure = answers.find((each) => each.turn === turn);
    if (failure !== undefined) return failure;
    const others = answers.filter((each) => each.turn === undefined);
    if (others.length === 0) return answers[turn % answers.length];
    return others[countUp(answered, key) % others.length];
  };
}

/** Returns what the count was before. */
function countUp(counts: Map<string, number>, key: string): number {
  const count = counts.get(key) ?? 0;
  counts.set(key, count + 1);
  return count;
}

function passes(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}
