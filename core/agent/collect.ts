import { Failure } from '../errors.ts';
import type { ChatModel, ModelRequest } from '../ports.ts';
import type { Round, ToolCall } from './turn.ts';

/** Reads one answer of the model to its end. `onText` hears the text as it comes. Throws the model's Failures. */
export async function collect(
  model: ChatModel,
  request: ModelRequest,
  onText?: (text: string) => void,
  signal?: AbortSignal,
): Promise<Round> {
  let text = '';
  const uses: ToolCall[] = [];
  for await (const event of model.stream(request, signal)) {
    switch (event.type) {
      case 'text':
        text += event.text;
        onText?.(event.text);
        break;
      case 'tool_use':
        uses.push({ id: event.id, name: event.name, input: event.input });
        break;
      case 'end':
        return { text, uses, stop: event.stop, usage: event.usage };
    }
  }
  throw new Failure('The model stopped in the middle.', { code: 'cut', remedy: 'retry' });
}
