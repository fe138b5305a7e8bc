import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import express from 'express';
import { createProxyMiddleware } from 'http-proxy-middleware';
import type { TestOrthanc } from './orthanc.js';

/** OHIF as Orthanc's plugin serves it. */
export interface OrthancOhif {
  /** Its origin; OHIF is below `/ohif`. */
  readonly url: string;
  /** The content of `UserConfiguration`; OHIF does not start before it is set. */
  userConfiguration: string;
  close(): void;
}

/**
 * What the plugin writes after the user's configuration where `DataSource` is `dicom-web`, in effect: see
 * https://orthanc.uclouvain.be/hg/orthanc-ohif/file/default/Sources/app-config-system.js
 */
const systemConfiguration = `
window.config.routerBasename = '/ohif/';
window.config.dataSources = [{
  friendlyName: 'Orthanc DICOMweb',
  namespace: '@ohif/extension-default.dataSourcesModule.dicomweb',
  sourceName: 'dicomweb',
  configuration: {
    name: 'orthanc',
    wadoUriRoot: '../dicom-web', qidoRoot: '../dicom-web', wadoRoot: '../dicom-web',
    qidoSupportsIncludeField: false, supportsReject: false,
    imageRendering: 'wadors', thumbnailRendering: 'wadors',
    enableStudyLazyLoad: true, supportsFuzzyMatching: false, supportsWildcard: true,
    staticWado: true, singlepart: 'bulkdata,video',
    acceptHeader: ['multipart/related; type=application/octet-stream; transfer-syntax=*'],
    bulkDataURI: { enabled: true, relativeResolution: 'studies' },
  },
}];
window.config.defaultDataSourceName = 'dicomweb';
`;

/**
 * A stand-in for Orthanc's OHIF plugin, which Debian does not package: on one origin `/ohif/` and the archive's
 * `/dicom-web/`. The plugin contains an OHIF that was built for `/ohif/`; here the address is changed in the published
 * one, which was built for `/`.
 */
export async function startOrthancOhif(viewerFolder: string, orthanc: TestOrthanc): Promise<OrthancOhif> {
  const application = express();
  application.use(
    createProxyMiddleware({ target: orthanc.url, pathFilter: '/dicom-web', headers: { ...orthanc.headers } }),
  );
  const page = (await readFile(`${viewerFolder}/index.html`, 'utf8'))
    .replaceAll(/(href|src|content)="\//g, '$1="/ohif/')
    .replaceAll("PUBLIC_URL = '/'", "PUBLIC_URL = '/ohif/'");
  application.get('/ohif/app-config.js', (_request, response) => {
    response.type('text/javascript').send(`${ohif.userConfiguration}\n${systemConfiguration}`);
  });
  application.get('/ohif/:file', async (request, response, next) => {
    const { file } = request.params;
    if (!/^[\w.-]+\.(js|css)$/.test(file)) return next();
    const text = await readFile(`${viewerFolder}/${file}`, 'utf8').catch(() => undefined);
    if (text === undefined) return next();
    response
      .type(path.extname(file))
      .send(
        text
          .replace('__webpack_require__.p = "/";', '__webpack_require__.p = "/ohif/";')
          .replaceAll('url(/', 'url(/ohif/'),
      );
  });
  application.use('/ohif', express.static(viewerFolder, { index: false }));
  application.get('/ohif/{*route}', (_request, response) => void response.type('html').send(page));
  const server = application.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const ohif = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    userConfiguration: '',
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
  return ohif;
}
