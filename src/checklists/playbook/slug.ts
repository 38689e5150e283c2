const LONGEST = 60;

/** Text as an id: letters and digits of any script in lower case, joined by hyphens, at most 60 characters; '' when nothing is left. */
export function slug(text: string): string {
  const words = text
    .normalize('NFKC')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
  let id = '';
  for (const word of words) {
    const longer = id === '' ? word : `${id}-${word}`;
    if (longer.length > LONGEST) break;
    id = longer;
  }
  return id === '' ? (words[0] ?? '').slice(0, LONGEST) : id;
}

/** The wanted id, or with the first free number behind it; remembers what it gave. */
export function takeId(taken: Set<string>, wanted: string): string {
  let id = wanted;
  for (let number = 2; taken.has(id); number += 1) id = `${wanted}-${number}`;
  taken.add(id);
  return id;
}
