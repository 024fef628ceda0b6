// SPDX-License-Identifier: Apache-2.0
import Common
import Imports
import Tasks

/// How fast a task goes, from the checkpoints that it saves.
struct PaceChart: Part {
    let paces: [ProgressHistory.Pace]
    /// What is counted, in the plural.
    let unit: String
    private let start: Instant

    /// Nil while there is too little to draw.
    init?(_ task: TaskRecord, unit: String) {
        guard let history = task.history else { return nil }
        paces = history.paces
        guard paces.count > 1, let first = history.samples.first else { return nil }
        self.unit = unit
        start = first.moment
    }

    func html(_ view: View) -> HTML {
        LineChart(
            title: title,
            labels: paces.map { clock($0.moment - start) },
            series: [.init(name: title, style: "l1", values: paces.map(\.perSecond))],
            summary: summary
        ).html(view)
    }

    var title: String { "\(unit.capitalisedFirst) per second" }

    private var summary: String {
        let all = paces.map(\.perSecond)
        return "between \(all.min() ?? 0) and \(all.max() ?? 0), \(all.last ?? 0) at last"
    }

    /// `1:05` after a minute and five seconds.
    private func clock(_ span: Span) -> String {
        let seconds = Int(span.inSeconds.rounded())
        let rest = seconds % 60
        let minutes = seconds / 60 % 60
        let tail = "\(rest < 10 ? "0" : "")\(rest)"
        guard seconds >= 3_600 else { return "\(minutes):\(tail)" }
        return "\(seconds / 3_600):\(minutes < 10 ? "0" : "")\(minutes):\(tail)"
    }
}

extension TaskParts {
    /// The pace of what counts rows: imports, bulks and exports.
    var pace: PaceChart? {
        let units = [
            ImportTasks.profileImport.name: "rows", ImportTasks.customTableImport.name: "rows",
            MemberBulkJob.taskType.name: "members",
        ]
        return units[task.type].flatMap { PaceChart(task, unit: $0) }
    }
}
