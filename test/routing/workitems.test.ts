import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import type { WebhooksView } from '../../server/contract/destinations.js';
import { type DicomJson, firstText } from '../../server/contract/dicomJson.js';
import { tags } from '../../server/src/routing/ups/workitemTags.js';
import { call, storedSegmentations, uidsOf } from '../endToEnd/productClient.js';
import { type Product, startProduct } from '../support/product.js';
import { smallPhantom } from '../support/smallPhantom.js';
import { until } from '../support/until.js';
import { workitemOf } from './workitem.js';

const python = process.env.PROMPTSEG_PYTHON;
if (python === undefined)
  console.warn('SKIPPED: PROMPTSEG_PYTHON, a Python with pydicom, is not there, so no workitem is read with it.');

/** An orchestrator next to the whole product: it creates workitems and learns of their ends by a webhook. */
describe('an orchestrator', () => {
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const messages: { type: string; data: { id: string } }[] = [];
  let receiverIsUp = true;
  let receiver: Server;
  let folder: string;
  let product: Product;
  let uids: ReturnType<typeof uidsOf>;

  beforeAll(async () => {
    receiver = createServer(async (request, response) => {
      const body = await text(request);
      if (!receiverIsUp) return void response.writeHead(503).end();
      messages.push(new StandardWebhook(secret).verify(body, request.headers as Record<string, string>) as never);
      response.writeHead(204).end();
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    folder = await mkdtemp(path.join(tmpdir(), 'promptseg-orchestrator-'));
    const file = path.join(folder, 'webhooks.yaml');
    const address = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
    await writeFile(file, `version: 1\nwebhooks: { flow: { url: "${address}", secret: { environment: SECRET } } }\n`);
    const instances = await smallPhantom('workitems');
    uids = uidsOf(instances[0]!);
    product = await startProduct({ instances, settings: { PROMPTSEG_WEBHOOKS_FILE: file, SECRET: secret } });
  });
  afterAll(async () => {
    await product?.stop();
    await new Promise((resolve) => receiver?.close(resolve));
    await rm(folder, { recursive: true, force: true });
  });

  const send = (method: string, address: string, dataset?: DicomJson): Promise<Response> =>
    fetch(`${product.url}/ups-rs/workitems${address}`, {
      method,
      ...(dataset && { headers: { 'content-type': 'application/dicom+json' }, body: JSON.stringify([dataset]) }),
    });
  const retrieveWhen = (uid: string, states: readonly string[]): Promise<string> =>
    until(async () => {
      const workitem = await (await send('GET', `/${uid}`)).text();
      const state = firstText((JSON.parse(workitem) as DicomJson[])[0]!, tags.ProcedureStepState);
      return states.includes(state) && workitem;
    });

  it('has a series segmented by a workitem that outlives the server, and hears of its end', async () => {
    receiverIsUp = false;
    const { studyInstanceUID, seriesInstanceUID } = uids;
    const created = workitemOf(studyInstanceUID, seriesInstanceUID, ['left lung', 'bone'], ['measurement-report']);
    expect((await send('POST', '?1.2.826.0.1', created)).status).toBe(201);
    await retrieveWhen('1.2.826.0.1', ['IN PROGRESS']);
    await product.kill();
    await product.restart();
    const response = await retrieveWhen('1.2.826.0.1', ['COMPLETED', 'CANCELED']);
    const [segmentation, ...others] = await storedSegmentations(product);
    expect(others).toEqual([]);
    if (python !== undefined) {
      const script = path.join(import.meta.dirname, 'read_workitem_with_pydicom.py');
      const read = JSON.parse(execFileSync(python, ['-W', 'error', script], { input: response, encoding: 'utf8' }));
      expect(read).toEqual({
        class: '1.2.840.10008.5.1.4.34.6.1',
        state: 'COMPLETED',
        outputs: [
          ['1.2.840.10008.5.1.4.1.1.66.4', segmentation],
          ['1.2.840.10008.5.1.4.1.1.88.33', expect.any(String)],
        ],
      });
    }
    const message = async () =>
      (await call<WebhooksView>(product, 'GET', '/webhooks')).body.webhooks.find(({ name }) => name === 'flow')
        ?.latest[0];
    await until(async () => (await message())?.problem?.code === 'webhook-unanswered');
    // The server dies between the end of the job and the message.
    await product.kill();
    receiverIsUp = true;
    await product.restart();
    await until(async () => (await message())?.state === 'delivered');
    expect(messages).toMatchObject([{ type: 'segmentation.completed', data: { id: (await message())?.jobId } }]);
    const metrics = await (await fetch(`${product.url}/metrics`)).text();
    expect(metrics).toContain('promptseg_webhook_messages{webhook="flow",state="delivered"} 1');
  });

  it('finds its workitems, and cancels one', async () => {
    const created = workitemOf(uids.studyInstanceUID, uids.seriesInstanceUID, ['fat']);
    expect((await send('POST', '?1.2.826.0.2', created)).status).toBe(201);
    expect([202, 409]).toContain((await send('POST', '/1.2.826.0.2/cancelrequest')).status);
    await retrieveWhen('1.2.826.0.2', ['CANCELED', 'COMPLETED']);
    const found = await send('GET', `?InputInformationSequence.SeriesInstanceUID=${uids.seriesInstanceUID}`);
    expect(found.headers.get('content-type')).toMatch(/^application\/dicom\+json/);
    expect(((await found.json()) as DicomJson[]).map((each) => firstText(each, tags.SOPInstanceUID))).toEqual([
      '1.2.826.0.2',
      '1.2.826.0.1',
    ]);
    expect((await send('GET', '?ProcedureStepState=SCHEDULED')).status).toBe(204);
  });
});
