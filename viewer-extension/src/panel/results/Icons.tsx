import type { ReactNode } from 'react';

const icon = (children: ReactNode) => () => (
  <svg className="promptseg-icon" viewBox="0 0 16 16" aria-hidden="true">
    {children}
  </svg>
);

export const EyeIcon = icon(
  <>
    <path d="M1.5 8s2.4-4.2 6.5-4.2S14.5 8 14.5 8s-2.4 4.2-6.5 4.2S1.5 8 1.5 8Z" />
    <circle cx="8" cy="8" r="1.9" />
  </>,
);

export const HiddenIcon = icon(
  <>
    <path d="M2 2.5 14 13.5M6.4 4c.5-.1 1-.2 1.6-.2 4.1 0 6.5 4.2 6.5 4.2s-.7 1.3-2 2.4" />
    <path d="M4.3 5.2C2.5 6.4 1.5 8 1.5 8S3.9 12.2 8 12.2c1 0 1.9-.2 2.7-.6" />
  </>,
);

export const GoToIcon = icon(
  <>
    <circle cx="8" cy="8" r="4.2" />
    <path d="M8 1.5v2.3M8 12.2v2.3M1.5 8h2.3M12.2 8h2.3" />
  </>,
);

export const MoreIcon = icon(
  <>
    <circle className="promptseg-filled" cx="3" cy="8" r="1.3" />
    <circle className="promptseg-filled" cx="8" cy="8" r="1.3" />
    <circle className="promptseg-filled" cx="13" cy="8" r="1.3" />
  </>,
);

export const OpenIcon = icon(<path d="M3.5 6 8 10.5 12.5 6" />);

export const AcceptedIcon = icon(<path d="m3 8.5 3.3 3.3L13 4.8" />);

export const RejectedIcon = icon(<path d="m4 4 8 8M12 4l-8 8" />);
