const stroke = { fill: "none", stroke: "currentColor", "stroke-width": 1.75, "stroke-linecap": "round", "stroke-linejoin": "round" } as const;

export const Logo = () => (
  <svg viewBox="0 0 24 24" aria-hidden="true">
    <g fill="currentColor">
      <rect x="3" y="4" width="18" height="3.4" rx="1.7" />
      <rect x="3" y="10.3" width="12.5" height="3.4" rx="1.7" opacity=".72" />
      <rect x="3" y="16.6" width="7.5" height="3.4" rx="1.7" opacity=".45" />
    </g>
  </svg>
);

export const Sun = () => (
  <svg viewBox="0 0 24 24" aria-hidden="true" {...stroke}>
    <circle cx="12" cy="12" r="4" />
    <path d="M12 3v1.5M12 19.5V21M3 12h1.5M19.5 12H21M5.6 5.6l1.1 1.1M17.3 17.3l1.1 1.1M18.4 5.6l-1.1 1.1M6.7 17.3l-1.1 1.1" />
  </svg>
);

export const Moon = () => (
  <svg viewBox="0 0 24 24" aria-hidden="true" {...stroke}>
    <path d="M20 14.5A8 8 0 0 1 9.5 4a8 8 0 1 0 10.5 10.5Z" />
  </svg>
);

export const Key = () => (
  <svg viewBox="0 0 24 24" aria-hidden="true" {...stroke}>
    <circle cx="8" cy="15.5" r="3.75" />
    <path d="m10.8 12.7 8.2-8.2M16 7.5l2.5 2.5" />
  </svg>
);
