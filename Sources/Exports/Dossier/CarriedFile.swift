// SPDX-License-Identifier: Apache-2.0
import Common

/// A file of an export that carried a person, or may have.
struct CarriedFile {
    /// The export's name.
    let export: String
    /// What the file holds, as people see it.
    let event: String
    /// The run that made the file.
    let run: ExportRun
    /// When the event happened; nil for files that hold profiles as they were then.
    let moment: Instant?
    /// Whether the person is known to be in the file.
    let certainty: Certainty

    /// How it is known that a file carried a person.
    enum Certainty: Hashable {
        /// The window holds a stamp of the person.
        case certain
        /// Only the latest update is known, and the window lies before it.
        case earlierUpdate
        /// The export is removed, and with it which columns and sources it had.
        case exportRemoved
        /// The file is limited to a search, and whom it found then is not kept.
        case searched

        /// What is said besides; nil for what is certain.
        var words: String? {
            switch self {
            case .certain: nil
            case .earlierUpdate:
                "only the latest update is known; an earlier one may stand in these files"
            case .exportRemoved:
                "the export was removed, and with it its source filter and table"
            case .searched:
                "the file is limited to a search; whom it found then is not known"
            }
        }
    }

    /// Whether the receiver has the file.
    var isDelivered: Bool { run.state == .delivered }
}
