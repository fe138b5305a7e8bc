/**
 * The configuration of the unmodified OHIF 3.13.2, served at /app-config.js. The prebuilt OHIF needs the root of an
 * origin, and everything that it calls is on the same origin. The server writes a line before it: what the account may
 * do (`server/src/cli/app/viewer.ts`).
 */
window.config = (() => {
  // OHIF loads all plugins or shows a blank page. A missing or broken plugin must not break the viewer.
  const withoutPlugin = (instead) => (error) => {
    console.error('The "Segment by text" plugin could not be loaded.', error);
    return instead;
  };
  const extension = import('/plugins/segment-by-text.js').then((module) => module.default);
  const mode = extension.then(() => import('/plugins/segment-by-text-mode.js')).then((module) => module.default);

  return {
    name: 'promptseg',
    routerBasename: null,
    extensions: [extension.catch(withoutPlugin({ id: 'segment-by-text-unavailable' }))],
    modes: [mode.catch(withoutPlugin(undefined))],
    // Its banner covers the foot of the page; our panel and every SEG state research use only.
    investigationalUseDialog: { option: 'never' },
    // The tour's overlay blocks clicks. The form without phases is still read by OHIF 3.13, and the only one for 3.12.
    customizationService: { 'ohif.tours': { $set: [] } },
    showStudyList: true,
    groupEnabledModesFirst: true,
    maxNumberOfWebWorkers: 2,
    strictZSpacingForVolumeViewport: true,
    maxNumRequests: { interaction: 100, thumbnail: 5, prefetch: 25 },
    defaultDataSourceName: 'dicomweb',
    dataSources: [
      {
        namespace: '@ohif/extension-default.dataSourcesModule.dicomweb',
        sourceName: 'dicomweb',
        configuration: {
          friendlyName: 'Archive',
          name: 'archive',
          wadoUriRoot: '/dicom-web',
          qidoRoot: '/dicom-web',
          wadoRoot: '/dicom-web',
          qidoSupportsIncludeField: false,
          supportsReject: false,
          supportsFuzzyMatching: false,
          supportsWildcard: true,
          imageRendering: 'wadors',
          thumbnailRendering: 'wadors',
          enableStudyLazyLoad: true,
          // Who may not store images is not offered to.
          dicomUploadEnabled: window.promptsegMayStore !== false,
          omitQuotationForMultipartRequest: true,
          bulkDataURI: { enabled: true, relativeResolution: 'studies' },
        },
      },
    ],
  };
})();
