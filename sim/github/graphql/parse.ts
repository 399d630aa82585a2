export interface Field {
  alias: string;
  name: string;
  arguments: Record<string, unknown>;
  fields: Field[];
}

export class GraphqlSyntaxError extends Error {}

const TOKEN = /\.\.\.|[{}()[\]:=!$@]|"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|[A-Za-z_]\w*/g;

/** The selection of a query or mutation with its variables filled in. Fragments by name and directives are not understood. */
export function parseQuery(source: string, variables: Record<string, unknown>): Field[] {
  const tokens = source.replace(/#.*$/gm, '').match(TOKEN) ?? [];
  const reader = new Reader(tokens, variables);
  while (reader.peek() !== '{') reader.skipHeader();
  return reader.selection();
}

class Reader {
  private at = 0;
  private readonly tokens: string[];
  private readonly variables: Record<string, unknown>;

  constructor(tokens: string[], variables: Record<string, unknown>) {
    this.tokens = tokens;
    this.variables = variables;
  }

  peek(): string {
    const token = this.tokens[this.at];
    if (token === undefined) throw new GraphqlSyntaxError('Expected NAME, actual: (none)');
    return token;
  }

  private take(expected?: string): string {
    const token = this.peek();
    if (expected && token !== expected) throw new GraphqlSyntaxError(`Expected ${expected}, actual: ${token}`);
    this.at += 1;
    return token;
  }

  /** `query Name($id: ID!)` up to the selection. */
  skipHeader(): void {
    if (this.take() !== '(') return;
    while (this.take() !== ')');
  }

  selection(): Field[] {
    this.take('{');
    const fields: Field[] = [];
    while (this.peek() !== '}') {
      if (this.peek() === '...') fields.push(...this.inlineFragment());
      else fields.push(this.field());
    }
    this.take('}');
    return fields;
  }

  private inlineFragment(): Field[] {
    this.take('...');
    this.take('on');
    this.take();
    return this.selection();
  }

  private field(): Field {
    const first = this.take();
    const aliased = this.peek() === ':';
    if (aliased) this.take(':');
    const name = aliased ? this.take() : first;
    const args = this.peek() === '(' ? this.arguments() : {};
    return { alias: first, name, arguments: args, fields: this.peek() === '{' ? this.selection() : [] };
  }

  private arguments(): Record<string, unknown> {
    this.take('(');
    const args = this.pairs(')');
    this.take(')');
    return args;
  }

  private pairs(end: string): Record<string, unknown> {
    const result: Record<string, unknown> = {};
    while (this.peek() !== end) {
      const name = this.take();
      this.take(':');
      result[name] = this.value();
    }
    return result;
  }

  private value(): unknown {
    const token = this.take();
    if (token === '$') return this.variables[this.take()];
    if (token === '{') {
      const object = this.pairs('}');
      this.take('}');
      return object;
    }
    if (token === '[') {
      const items: unknown[] = [];
      while (this.peek() !== ']') items.push(this.value());
      this.take(']');
      return items;
    }
    if (/^["\d-]/.test(token) || token === 'true' || token === 'false' || token === 'null') return JSON.parse(token);
    return token;
  }
}
