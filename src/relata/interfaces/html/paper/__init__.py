"""Paper: reports and dashboards as PDF and pictures, set by typst with the charts that the screens show."""
