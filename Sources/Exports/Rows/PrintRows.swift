// SPDX-License-Identifier: Apache-2.0
import Campaigns

extension RowSource where Self == InteractionRows {
    /// Letters that were generated in the window, and whose file nobody has at the cut-off.
    static var printReady: Self {
        Self("ready", channel: "print", leavesOutDownloaded: true)
    }

    /// Letters that were filtered in the window.
    static var printNotSent: Self { Self("notSent", channel: "print") }
}

extension RowSource where Self == ActivityRows {
    /// Letters whose file was downloaded or dropped in the window.
    static var printDownloaded: Self {
        Self(.downloaded, channel: "print", showsContactTime: true)
    }
}
