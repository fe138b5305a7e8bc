import { pageStrings } from '../../client/pageStrings.js';

interface BannerProps {
  readonly kind: 'notice' | 'warning' | 'error';
  readonly sentence: string;
  readonly nextStep?: string;
  readonly onDismiss?: () => void;
}

export function Banner({ kind, sentence, nextStep, onDismiss }: BannerProps) {
  return (
    <div className="banner" data-kind={kind} role={kind === 'error' ? 'alert' : 'status'}>
      <p>
        {sentence} {nextStep}
      </p>
      {onDismiss && (
        <button type="button" className="quiet" onClick={onDismiss}>
          {pageStrings.dismiss}
        </button>
      )}
    </div>
  );
}
