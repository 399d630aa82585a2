/** Far more than the longest session or model request has, and little enough to parse in a small program. */
export const mostStructure = 1_000_000;

const [quote, backslash] = [0x22, 0x5c];
const structural = new Uint8Array(256);
for (const sign of '{[:,') structural[sign.charCodeAt(0)] = 1;

/**
 * Whether JSON names more objects, arrays and members than may be parsed. Text costs memory as it is long, but `[[],[],…`
 * costs many times its length, so that a body of an allowed size could end the program. One pass, nothing kept; of what is
 * no JSON it may say either, since parsing that ends at the first fault.
 */
export function hasTooMuchStructure(json: Uint8Array): boolean {
  if (json.length <= mostStructure) return false;
  let found = 0;
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at] as number;
    if (byte === quote) {
      for (at += 1; at < json.length && json[at] !== quote; at += 1) if (json[at] === backslash) at += 1;
    } else if (structural[byte] === 1) {
      found += 1;
      if (found > mostStructure) return true;
    }
  }
  return false;
}
