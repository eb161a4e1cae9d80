export { actionInput } from './actionInput.ts';
export { Age } from './Age.tsx';
export { AppLink } from './AppLink.tsx';
export { appPath } from './appPath.ts';
export { Histogram, type HistogramColumn } from './axis/Histogram.tsx';
export { lengthOf } from './axis/ticks.ts';
export { type AxisRow, type AxisTone, TimeAxis } from './axis/TimeAxis.tsx';
export { Button, type ButtonProps } from './Button.tsx';
export { Chip, type Tone } from './Chip.tsx';
export { CommandBox } from './CommandBox.tsx';
export { CopyButton } from './CopyButton.tsx';
export { CopyLink } from './CopyLink.tsx';
export { DetailPanel } from './DetailPanel.tsx';
export { Dialog } from './Dialog.tsx';
export { FormDialog } from './FormDialog.tsx';
export { csvOf, saveFile, saveText } from './download.ts';
export { EmptyState } from './EmptyState.tsx';
export { ErrorState } from './ErrorState.tsx';
export { errorWords, refusedInput } from './errors.ts';
export { ExportDialog } from './export/ExportDialog.tsx';
export { csvFormat, type FileFormat, jsonFormat } from './export/formats.ts';
export type { ReadFile } from './export/useExport.ts';
export { FilterChip, type FilterOption } from './FilterChip.tsx';
export { BundleText } from './form/BundleText.tsx';
export { Checkbox, Select, TextInput } from './form/controls.tsx';
export { Field } from './form/Field.tsx';
export { TagInput } from './form/TagInput.tsx';
export { type KeyGroup, KeysButton, KeySheet, useKeys } from './KeySheet.tsx';
export { ListKeys } from './ListKeys.tsx';
export { Menu } from './Menu.tsx';
export { Mono } from './Mono.tsx';
export { NameText, ODD_NAME } from './NameText.tsx';
export { formatCount } from './numbers.ts';
export { Page } from './Page.tsx';
export { PlanReview } from './plan/PlanReview.tsx';
export { WarningNote } from './plan/WarningNote.tsx';
export { usePractice } from './practice/queries.ts';
export { SearchBox } from './SearchBox.tsx';
export { SecretText } from './SecretText.tsx';
export { serverProblem, type SpireServer, useSpireServers } from './servers/queries.ts';
export { SEVERITY, SeverityChip } from './SeverityChip.tsx';
export { Skeleton } from './Skeleton.tsx';
export { SlimNameText } from './SlimNameText.tsx';
export { SpiffeIdText } from './SpiffeIdText.tsx';
export { DataTable } from './table/DataTable.tsx';
export { PAGE, PagedRows, pagesFor } from './table/PagedRows.ts';
export type { Column, DataTableProps, RowList, Sort, TreePlace } from './table/types.ts';
export { usePagesInSight } from './table/usePagesInSight.ts';
export { Tabs } from './Tabs.tsx';
export { proseText, saidText } from './text.ts';
export {
  formatClock,
  formatDuration,
  formatExact,
  formatMoment,
  formatRelative,
  formatSeconds,
  useNow,
  useTicking,
} from './time.ts';
export { TimeAgo } from './TimeAgo.tsx';
export { toDate } from './timestamp.ts';
export { Toast, useToast } from './Toast.tsx';
export { Tooltip } from './Tooltip.tsx';
export { TrustDomainTag } from './TrustDomainTag.tsx';
export { TypedSearch } from './TypedSearch.tsx';
export { ValidityBar } from './ValidityBar.tsx';
export { useEscapeFromList } from './useEscapeFromList.ts';
export { useSlash } from './useSlash.ts';
