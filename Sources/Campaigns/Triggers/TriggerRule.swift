// SPDX-License-Identifier: Apache-2.0
public import Common

/// When an import's trigger fires, and whether it may (spec/imports.md, "Import triggers").
///
/// Pure.
public enum TriggerRule {
    /// When a trigger is due: the first occurrence of its time of day strictly after the run's
    /// start, in the import's zone; nil without a time, which means when the import completes.
    public static func due(start: Instant, time: TimeOfDay?, zone: Zone) -> Instant? {
        time?.firstOccurrence(after: start, in: zone)
    }

    /// What the rule needs to know of the import.
    public enum ImportStanding: Sendable, Hashable {
        /// It has not ended.
        case running
        /// It has ended Completed or Error.
        case complete(at: Instant)
        /// It has ended Fatal, and may be retried.
        case fatal
    }

    /// What is to be done about a pending trigger.
    public enum Decision: Sendable, Hashable {
        /// The campaign goes out now.
        case fire
        /// Nothing is done yet.
        case wait
        /// Nothing is sent, for this reason.
        case miss(String)
    }

    /// Decides about a pending trigger.
    ///
    /// - Parameters:
    ///   - due: When it is due; nil when it fires as the import completes.
    ///   - standing: How the import stands.
    ///   - now: The present moment.
    /// - Returns: What is to be done.
    public static func decide(due: Instant?, standing: ImportStanding, now: Instant) -> Decision {
        switch standing {
        case .complete(let moment):
            guard let due else { return .fire }
            if moment > due {
                return .miss("the import ended at \(moment), after the trigger's time \(due)")
            }
            return now >= due ? .fire : .wait
        case .running:
            guard let due, now > due else { return .wait }
            return .miss("the import was still running at the trigger's time \(due)")
        case .fatal:
            guard let due, now > due else { return .wait }
            return .miss("the import had ended Fatal before the trigger's time \(due)")
        }
    }
}
