/** @throws {SyntaxError} naming the line */
export declare function parse(text: string): Record<string, unknown>;
