import type { OpenTap, RecordItem, Tap, TapContext } from '@meltano/sdk/connector';
import { openMappedTap } from '@meltano/sdk/mapper/open-mapped';
import type { Catalog } from '@meltano/singer/catalog';
import { adviseSettings } from '../advise-settings.ts';
import { nativeCatalog } from '../catalog/native-catalog.ts';
import { previewError } from './errors.ts';
import type { PreviewOptions, PreviewSource } from './preview-source.ts';

type NativePreviewOptions = Pick<
  PreviewOptions,
  'workspace' | 'extractor' | 'loadConnector' | 'log' | 'clock' | 'redactor'
>;

/** A connector inside this program: opened anew for each reading, told to stop when enough has come. */
export async function openNativePreview(options: NativePreviewOptions): Promise<PreviewSource> {
  const { workspace, extractor, log, clock, redactor } = options;
  const prepared = await workspace.preparePlugin(extractor);
  redactor.add(...prepared.secrets);
  const tap = await options.loadConnector(extractor.npmPackage ?? '', extractor.definition.name);
  if (tap.kind !== 'tap') {
    throw previewError('not_an_extractor', {
      message: `'${extractor.name}' is a ${tap.kind}: it has no records to show`,
      hint: 'name an extractor',
    });
  }
  const context = (signal: AbortSignal) => ({
    config: prepared.config,
    log,
    clock,
    signal,
    hide: redactor.add,
  });
  const catalog = await nativeCatalog(tap, context(new AbortController().signal), prepared, {
    root: workspace.root,
    systemDir: workspace.systemDir,
    log,
  });
  return {
    catalog,
    read: (chosen: Catalog | undefined) => {
      const stop = new AbortController();
      const given: TapContext = { ...context(stop.signal), catalog: chosen ?? catalog };
      return readOnce(() => openTap(tap, given, extractor.name), stop);
    },
    close: async () => {},
  };
}

async function openTap(tap: Tap, context: TapContext, plugin: string): Promise<OpenTap> {
  try {
    return await openMappedTap(tap, context);
  } catch (error) {
    throw adviseSettings(error, plugin);
  }
}

async function* readOnce(open: () => Promise<OpenTap>, stop: AbortController): AsyncGenerator<RecordItem> {
  const tap = await open();
  try {
    yield* tap.read('record');
  } finally {
    stop.abort();
    await tap.close();
  }
}
