// SPDX-License-Identifier: Apache-2.0
import Campaigns

extension RowSource where Self == InteractionRows {
    /// Calls that were generated in the window, and whose file nobody has at the cut-off.
    static var callReady: Self {
        Self("ready", channel: "callCenter", leavesOutDownloaded: true)
    }

    /// Calls that were filtered in the window.
    static var callNotSent: Self { Self("notSent", channel: "callCenter") }
}

extension RowSource where Self == ActivityRows {
    /// Calls whose file was downloaded or dropped in the window.
    static var callDownloaded: Self {
        Self(.downloaded, channel: "callCenter", showsContactTime: true)
    }
}
