// SPDX-License-Identifier: Apache-2.0
import Common
import Foundation
import Synchronization

/// Kills the program at a failpoint, as a crash would; in debug builds alone.
enum DebugFailpoints {
    /// `MILLRACE_CRASH_AT=NAME` or `NAME:COUNT` names the place and at which pass.
    static func fromEnvironment() -> Failpoints {
        #if DEBUG
        guard let text = ProcessInfo.processInfo.environment["MILLRACE_CRASH_AT"] else {
            return .none
        }
        let parts = text.split(separator: ":")
        let name = String(parts[0])
        let left = Mutex(parts.count > 1 ? Int(parts[1]) ?? 1 : 1)
        return Failpoints { reached in
            guard reached == name else { return }
            let isLast = left.withLock { count in
                count -= 1
                return count == 0
            }
            if isLast { kill(getpid(), SIGKILL) }
        }
        #else
        return .none
        #endif
    }
}
