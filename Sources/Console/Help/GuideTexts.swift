// SPDX-License-Identifier: Apache-2.0

/// The guides of docs/guides, as the console shows them; a test holds both against each other.
enum GuideTexts {
    /// The texts by the names of their files.
    static let all: [String: String] = [
        "console": console,
        "nightly-import": nightlyImport,
        "stop-a-send": stopASend,
        "scheduled-send": scheduledSend,
        "daily-delta": dailyDelta,
        "data-subject-request": dataSubjectRequest,
    ]

    static let console = #"""
        # The console

        `millrace serve` shows the console under `/console/`. The first start prints a link, which works once and makes the first administrator. Others are invited under **Settings, Users and roles**, or by `millrace user invite ADDRESS`.

        | role | may |
        |---|---|
        | administrator | everything |
        | manager | everything but users, tokens, locations, webhooks and settings |
        | author | read, and write own messages; of sends, those of own messages; no campaigns |
        | viewer | read, but not the outbox |

        A user can be limited to entities, and then sees the campaigns and exports of those, with their tasks, and no others. What belongs to no entity, such as imports, lists and scheduled sends, is open to all.

        Sessions end after 12 hours without use and after 7 days in any case. Passwords have at least 12 characters and are kept as scrypt hashes. Five failed attempts make the next ones wait.

        Cookies are sent over HTTPS only, and over HTTP to this machine itself. On any other machine use TLS: `--tls-certificate` and `--tls-key`, or a proxy in front, as **Behind a proxy** in docs/operating.md says.

        ## Guides

        - [A nightly import that triggers a campaign](nightly-import.md)
        - [Stop a wrong send](stop-a-send.md)
        - [Send a message at a time](scheduled-send.md)
        - [A daily file with what has changed](daily-delta.md)
        - [Answer a person who asks what you hold on them](data-subject-request.md)
        """#

    static let nightlyImport = #"""
        # A nightly import that triggers a campaign

        Every night a file with customers arrives. The people in it, and nobody else, get a campaign at 09:00.

        1. Under **Campaigns, Existing campaigns**, write the campaign and look at it in **Preview and test**. Send a test to yourself, then **Activate** it.
        2. Under **Settings**, switch import triggers on. They are off at first, so that nothing goes out by accident.
        3. Under **Imports**, choose **New automated import**. Say which location, folder and file it takes.
        4. **Refresh schema** reads the header and the first rows. Check which column fills which attribute; what is left open is ignored.
        5. Choose the schedule. The next five runs stand below it, in the time zone that you chose.
        6. Under **Trigger API Campaign**, pick the campaign and 09:00. A blank time sends as soon as the import is done, and then there is no stop.
        7. Read the summary and press **Save and activate**.

        ![The summary of the wizard](images/import-summary.png)

        ## What happens at night

        The run stands in **Task History**. Its breakdown adds up: rows in the file = created + updated + unchanged + failed. Each number leads to the rows behind it, and the failed ones can be downloaded, corrected and imported again into the same task.

        ![The breakdown of a run](images/import-task.png)

        The campaign goes at the first 09:00 after the start of the run. An import that is not done by then misses its trigger: nothing is sent, and the task says so. Use **Run Now** to try it all by day.
        """#

    static let stopASend = #"""
        # Stop a wrong send

        The numbers of last night's import look wrong, and the campaign goes at 09:00.

        1. Open **Task History** and the import. The section **Campaign trigger** says when the campaign goes and to how many.
        2. Press **Stop** there, and confirm. It is final for this run; the run of tomorrow triggers as usual.

        ![A pending trigger](images/trigger-pending.png)

        ## When it is sending already

        1. Open the task **Send** in Task History, or the send under **Scheduled sends**.
        2. Press **Stop** and confirm. Once the page answers, no new message leaves.
        3. Read the receipt: **Sent** got it, **In flight or in doubt** may have, **Never sent** did not. Each number leads to the people.

        **Generate** beside "Not sent: excluded and failed" writes a file with everyone who did not get it, and why.

        **Resume the rest** sends what the stop held back, once it has ended. Nobody gets it twice.
        """#

    static let scheduledSend = #"""
        # Send a message at a time

        1. Under **Campaigns, Messages**, write the message. `{{firstName}}` is replaced by the person's own value.
        2. Under **Scheduled sends**, choose **New scheduled send**: the message, a list or a saved search, the day and the time with its zone.
        3. A rate holds it to so many messages an hour. Empty means as fast as they go.
        4. The page of the send has a forecast: how many will get it, who is left out and why, when the last message leaves.

        ![A scheduled send with its forecast](images/send-scheduled.png)

        **Cancel** keeps it from being sent at all. While it runs the button is **Stop**, and the receipt stands on the same page. The rate can be changed while it runs.

        ![The receipt of a cancelled send](images/send-receipt.png)
        """#

    static let dailyDelta = #"""
        # A daily file with what has changed

        A warehouse takes everything that is new since yesterday, every day, without gaps and without doubles.

        1. Under **Settings, Locations**, make the place where the file goes to, and press **Test**: each step says in words whether it passed.
        2. Under **Exports**, choose **New export**. The type says what is exported, such as profiles that were created or updated.
        3. **Data**: drop columns, give them other names, put them in order.
        4. **Format**: how yes and no, dates and moments are written. Ten real lines show below.
        5. **Transfer**: location, file name, compression, schedule, who gets a report by mail. `$yyyyMMdd` becomes the date.
        6. **Summary**, then **Save and activate**.

        ![The preview of an export](images/export-preview.png)

        ## Prove that nothing is missing

        Beside each file lies its manifest: the window, the rows, the hash of the file and of the manifest before. The receiver checks a folder of them with

        `millrace export verify FOLDER`

        which names the first gap. A failed day is covered by the next file. **Deliver again** sends the same bytes once more.

        ![An execution with its manifest](images/export-run.png)

        ## Everything at once

        **New full export** writes everything that is there instead: all profiles, those that a saved search finds, or all rows of a custom table. It runs again and again, or once: as soon as it is active, or at a moment. Each file stands by itself.
        """#

    static let dataSubjectRequest = #"""
        # Answer a person who asks what you hold on them

        1. Under **User profiles**, search by e-mail address, mobile number or key.
        2. The profile shows everything: attributes, subscriptions, every change of consent, every line of every file, every message with the reason when it was not sent, every export that carried the person.

        ![A profile with everything that is held](images/profile.png)

        ## "Why did I not get this?"

        Look under **Messages** on the profile: the reason stands beside each contact, such as a control group or an opt-out.

        ## Erasure

        1. Press **Erase** and read what it does. It can't be undone.
        2. The page that follows is your answer to the person: what is gone, and what had left the installation before and is beyond its reach.

        ![What was erased](images/profile-erased.png)

        The number of the profile is never given to anybody else, and counts in reports stay as they were.
        """#
}
