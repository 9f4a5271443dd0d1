import { assertEquals } from "@std/assert";
import { decimal, hash } from "./hash.ts";

Deno.test("hash gives what PostgreSQL's hashtextextended(text, 0) gives, for every length of the last word", () => {
  const known: [string, string][] = [
    ["", "-6939563903564495251"],
    ["a", "3591986179850072241"],
    ["ab", "2833316173711343549"],
    ["abc", "-6747756470228489321"],
    ["abcd", "-1038429303365892052"],
    ["abcde", "3076356108696143428"],
    ["abcdef", "290958262752763840"],
    ["abcdefg", "-6158032784613548338"],
    ["abcdefgh", "-8882191227074733005"],
    ["abcdefghi", "-3278210106038014113"],
    ["abcdefghij", "-3183301415634409076"],
    ["abcdefghijk", "3112909444737856467"],
    ["abcdefghijkl", "-7556637188122330412"],
    ["abcdefghijklm", "8871624171452417744"],
    ["abcdefghijklmn", "4973135103275945525"],
    ["abcdefghijklmno", "9043359162837317271"],
    ["abcdefghijklmnop", "878954068520307163"],
    ["abcdefghijklmnopq", "981995727863167554"],
    ["abcdefghijklmnopqr", "484589330715449564"],
    ["abcdefghijklmnopqrs", "-232611774418841497"],
    ["abcdefghijklmnopqrst", "772495730612720881"],
    ["abcdefghijklmnopqrstu", "7996419909667933074"],
    ["abcdefghijklmnopqrstuv", "5065299895581918398"],
    ["abcdefghijklmnopqrstuvw", "-1198571854151947912"],
    ["abcdefghijklmnopqrstuvwx", "-1933194731779935345"],
    ["abcdefghijklmnopqrstuvwxy", "5649064133428767341"],
    ["abcdefghijklmnopqrstuvwxyz", "-6612928417832572997"],
    ["grüße ✓ 😀", "3316450938941590538"],
  ];
  for (const [text, expected] of known) assertEquals(decimal(hash(text)), expected, text);
});
