import { App, type AppOptions, HTTPReceiver, LogLevel, SocketModeReceiver } from '@slack/bolt';
import { SocketModeClient } from '@slack/socket-mode';
import { WebClient } from '@slack/web-api';
import { onTestFinished } from 'vitest';
import { createSlackSim, type SlackSim, type SlackSimOptions } from './index.ts';

/** A miniature that ends with the test. */
export async function startSim(options: SlackSimOptions = {}): Promise<SlackSim> {
  const sim = await createSlackSim(options);
  onTestFinished(() => sim.close());
  return sim;
}

/** A Bolt app in Socket Mode, not yet started; it stops before the miniature does. */
export function socketApp(sim: SlackSim, options: AppOptions = {}): App {
  const receiver = new SocketModeReceiver({
    appToken: sim.appToken,
    logLevel: LogLevel.ERROR,
    clientPingTimeout: 200,
    installerOptions: { clientOptions: { slackApiUrl: sim.apiUrl } },
  });
  const app = new App({ ...common(sim), receiver, ...options });
  onTestFinished(async () => void (await app.stop()));
  return app;
}

/** A started Bolt app behind a real HTTP receiver, with the address of its events. */
export async function httpApp(sim: SlackSim, secret: string, listen: (app: App) => void): Promise<string> {
  const receiver = new HTTPReceiver({ signingSecret: secret, logLevel: LogLevel.ERROR });
  const app = new App({ ...common(sim), receiver });
  listen(app);
  const server = await receiver.start(0);
  onTestFinished(async () => void (await receiver.stop()));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : address}/slack/events`;
}

/** A client that neither retries nor waits for rate limits. */
export function webClient(sim: SlackSim, token = sim.botToken): WebClient {
  return new WebClient(token, {
    slackApiUrl: sim.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logLevel: LogLevel.ERROR,
    timeout: 1_000,
  });
}

/** Starts a socket client that reconnects after 100 ms. */
export async function socketClient(
  sim: SlackSim,
  prepare: (client: SocketModeClient) => void = () => undefined,
): Promise<void> {
  const client = new SocketModeClient({
    appToken: sim.appToken,
    clientPingTimeout: 100,
    logLevel: LogLevel.ERROR,
    clientOptions: { slackApiUrl: sim.apiUrl },
  });
  onTestFinished(() => client.disconnect());
  prepare(client);
  await client.start();
}

function common(sim: SlackSim): AppOptions {
  const clientOptions = { slackApiUrl: sim.apiUrl, retryConfig: { retries: 0 } };
  return { token: sim.botToken, logLevel: LogLevel.ERROR, clientOptions };
}
