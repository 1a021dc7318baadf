"""Every remedy that an error prints is followed by a test, or said here why it is not."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import studio

ROOT = Path(studio.__file__).parent
TESTS = Path(__file__).parent
# Where remedies are beside what follows them.
TABLES = {
    "test_followed_remedies": {"FOLLOWED", "TYPED"},
    "test_remedies_of_commands": {"FOLLOWED"},
    "test_input_remedies": {"ARTICLES", "IMPORTS"},
    "test_remedies_of_recordings": {"FOLLOWED"},
    "test_remedies_of_files": {"FOLLOWED"},
}
FEWEST_CHARACTERS = 8

# Remedy → module and test that follows it.
FOLLOWED_ELSEWHERE = {
    'Name each guest: --guest "First Last".': "test_input_remedies::test_an_article_is_taken_once_the_remedy_was_followed",
    "If they have: {guests}. If not, name each guest in the same way.": "test_input_remedies::test_an_article_is_taken_once_the_remedy_was_followed",
    "Open it in Word or LibreOffice and save it again as .docx.": "test_input_remedies::test_an_article_is_taken_once_the_remedy_was_followed",
    "Open it in the program that made it and save it again as text in UTF-8.": "test_input_remedies::test_an_article_is_taken_once_the_remedy_was_followed",
    "Save it as UTF-8.": "test_input_remedies::test_an_import_is_taken_once_the_remedy_was_followed",
    "Check that it is this episode's, or import it with --force.": "test_input_remedies::test_an_import_is_taken_once_the_remedy_was_followed",
    "Check which microphone was recorded; give another file.": "test_input_remedies::test_a_recording_is_taken_once_the_remedy_was_followed",
    "Choose one of those that `studio inspect` lists.": "test_input_remedies::test_samples_that_are_no_numbers_and_a_track_that_is_not_there",
    "Copy or export it again.": "test_input_remedies::test_a_recording_is_taken_once_the_remedy_was_followed",
    "Delete it and run `studio run`.": "test_remedies::test_whatever_built_file_is_damaged_building_again_ends_it",
    "Export it again with 24 bits a sample.": "test_input_remedies::test_samples_that_are_no_numbers_and_a_track_that_is_not_there",
    "Give a sound file: WAV, FLAC, MP3, M4A, OGG, Opus…": "test_input_remedies::test_a_recording_is_taken_once_the_remedy_was_followed",
    "Give it the ending of its kind, such as {better}.": "test_input_remedies::test_an_article_is_taken_once_the_remedy_was_followed",
    "Give the recording itself: WAV, FLAC, MP3, M4A, OGG, Opus…": "test_input_remedies::test_a_recording_is_taken_once_the_remedy_was_followed",
    "Give the show its name.": "test_input_remedies::test_init_is_taken_once_the_remedy_was_followed",
    "Give the whole recording.": "test_input_remedies::test_a_recording_is_taken_once_the_remedy_was_followed",
    "Continue with `studio run {slug}`; a different episode needs another --number or --slug.": "test_input_remedies::test_an_episode_that_exists_is_gone_on_with_or_gets_another_number",
    "Move it, or fix the cuts.": "test_remedies::test_what_people_wrote_is_mended_where_the_remedy_says",
    "Remove that link, then run the same command again.": "test_planted_links::test_nothing_is_written_where_a_link_leads",
    "Run `studio run {slug}`.": "test_remedies_of_commands::test_what_is_not_built_is_named_with_the_command_that_builds_it",
    "Save or discard them there, then run the same command again.": "test_wordpress::test_unsaved_changes_there_are_waited_for",
    "Take one that docs/settings.md lists.": "test_remedies::test_what_people_wrote_is_mended_where_the_remedy_says",
    "Write it like https://exemple.fr/podcast/.": "test_input_remedies::test_init_is_taken_once_the_remedy_was_followed",
    "`studio replace {slug}` moves them to the same words; nothing is built or published before "
    "that.": "test_replacement::test_a_recording_that_was_only_overwritten_stops_the_run_until_its_marks_are_moved",
    "Build that state again, and publish it.": "test_remedies_of_publishing::test_what_was_not_kept_is_built_and_published_again",
    "Choose another folder as `history` in [publish].": "test_remedies_of_publishing::test_what_is_kept_gets_another_folder",
    "Correct them, then publish again.": "test_remedies_of_publishing::test_errors_that_a_check_finds_are_corrected",
    "Name a folder of that server, from its root: /home/…": "test_remedies_of_publishing::test_a_folder_of_the_server_is_named_from_its_root",
    "Nothing is kept where it would be served: name a place for it as `history` in [publish].": "test_remedies_of_publishing::test_a_place_for_what_is_kept_is_named",
    "Publish again.": "test_remedies_of_publishing::test_what_arrived_damaged_is_published_again",
    "Remove that link, or publish to the folder it points to.": "test_remedies_of_publishing::test_a_link_at_the_destination_is_removed_or_its_folder_is_published_to",
    "Write the whole path.": "test_remedies_of_publishing::test_a_home_folder_that_is_not_there_is_written_as_a_whole_path",
    "Run `studio run`, then publish.": "test_remedies_of_publishing::test_what_changed_is_built_then_published",
    "Choose passages in {settings} (soundbites), then `studio run {slug}`.": "test_remedies_of_publishing::test_passages_are_chosen_and_built_for_a_clip",
    "Leave out --microphone: the recording is replaced.": "test_remedies_of_replacement::test_the_one_recording_is_replaced_without_naming_a_microphone",
    "Name another one with --recording.": "test_remedies_of_replacement::test_the_one_recording_is_replaced_without_naming_a_microphone",
    "Set their times for the new recording in {settings} (or remove them), then run the same command with --keep-markers. Nothing was changed.": "test_remedies_of_replacement::test_what_is_not_located_is_set_by_hand_or_removed",
    "Put the old recording back and name the new one with --recording; or set the markers for the new one, and --keep-markers.": "test_remedies_of_replacement::test_what_is_left_of_the_old_recording_is_damaged",
    "Name one below [[microphones]] for each channel, or none.": "test_remedies_of_replacement::test_microphones_are_named_one_for_each_channel_or_none",
    'Set denoise = "steady" below [sound] in episode.toml.': "test_remedies_of_replacement::test_a_network_that_cannot_be_loaded_is_done_without",
    "Set their times in {settings} or in chapters.json where they are wrong, then `studio replace {slug} --keep-markers`, then `studio run`; nothing is published before.": "test_replacement::test_marks_that_were_moved_by_sound_are_proved_by_words",
    "Say which one is replaced: --microphone {names}.": "test_tracks::test_one_microphone_of_several_is_replaced",
    "To replace one of them, say which: --microphone {names}.": "test_tracks::test_one_microphone_of_several_is_replaced",
    "Put it back, or `studio run {slug} --renew-sound`: it then gets the show's present sound.": "test_publish_command::test_a_note_about_published_sound_that_lost_its_jingle_says_what_to_do",
    "Run `studio run {slug} --stage transcribe`, then `studio run`.": "test_remedies_of_hearing::test_an_imported_episode_is_transcribed_before_its_texts_are_uploaded",
    "Set keep_sound = false below [imported] in episode.toml: it is mastered then.": "test_remedies_of_hearing::test_sound_that_is_to_change_is_mastered",
    "`studio run {slug}` transcribes it, then edit.": "test_remedies_of_hearing::test_a_replaced_recording_is_transcribed_before_it_is_edited",
    "Give another number with --number.": "test_remedies_of_files::test_a_number_that_is_taken_is_replaced_by_another",
    "Give the file's name as the table shows it.": "test_remedies_of_files::test_an_article_is_named_as_the_table_shows_it",
    "Move away the one that is not wanted.": "test_remedies_of_files::test_of_two_folders_with_texts_one_is_moved_away",
    "Name a picture with --picture.": "test_remedies_of_files::test_a_picture_that_cannot_be_read_is_named_anew",
    "Put or name a file instead.": "test_remedies_of_files::test_a_file_is_named_instead_of_a_pipe",
    "Make {most_chapters} at most.": "test_remedies_of_files::test_a_file_is_taken_once_the_remedy_was_followed",
    "Move the file away to start a new journal.": "test_remedies_of_files::test_a_journal_that_contradicts_itself_is_moved_away",
    "Choose one of the list.": "test_remedies_of_files::test_a_journal_that_contradicts_itself_is_moved_away",
    "Ask for at least the role of a contributor.": "test_wordpress::test_what_the_site_does_is_mended_there",
    "Check `url` below [wordpress]; if it is a WordPress site, a plugin has disabled the API: ask its administrator.": "test_wordpress::test_what_the_site_does_is_mended_there",
    "Check `url` below [wordpress]; a page for maintenance would also do this.": "test_wordpress::test_what_the_site_does_is_mended_there",
    "A plugin may change what its API answers: ask the site's administrator.": "test_wordpress::test_what_the_site_does_is_mended_there",
    "Check `url` below [wordpress].": "test_wordpress::test_what_the_site_does_is_mended_there",
    "Run the same command again later, or ask its administrator.": "test_wordpress::test_what_the_site_does_is_mended_there",
    "Check the connection and `url` below [wordpress], then run it again.": "test_wordpress::test_the_sites_address_is_set_right",
    "Write the address of that server as `url` below [wordpress].": "test_wordpress::test_the_sites_address_is_set_right",
    'Write [wordpress] with url = "https://…" and user = "…" there.': "test_wordpress::test_settings_and_password_are_written_where_the_remedies_say",
    "Make one there (Users → Profile → Application Passwords), then `keyring set {service} {url}`, or set {variable} for scheduled jobs.": "test_wordpress::test_settings_and_password_are_written_where_the_remedies_say",
    "Copy the parts you need from wordpress.html beside the other texts; or move the draft to the trash there and run the same command again to make a new one.": "test_wordpress::test_a_draft_that_was_changed_there_is_moved_to_the_trash",
    "If it is an old draft, move it to the trash there; else give it another permalink.": "test_wordpress::test_another_post_goes_to_the_trash_or_gets_another_permalink",
    "Edit it there; the new text is in wordpress.html beside the other texts.": "test_wordpress::test_a_post_that_is_edited_there_has_its_new_text_here",
    "It was published, scheduled or moved to the trash there. For a new draft, delete wordpress.json beside the other texts.": "test_wordpress::test_a_post_that_may_not_be_read_any_more_is_made_anew_without_its_note",
    "Ask the feed's publisher; only https:// and http:// are followed.": "test_download_attacks::test_another_address_is_given",
    "Check the address: this is not a feed, picture or transcript.": "test_download_attacks::test_another_address_is_given",
    "If that is intended, download the file yourself and put it into the episode.": "test_download_attacks::test_another_address_is_given",
    "Check the connection, then run the same command again.": "test_download_attacks::test_another_address_is_given",
    "Run the same command again.": "test_download_attacks::test_the_same_command_is_run_again",
    "Open the address in a browser; ask the host for the file.": "test_download_attacks::test_another_file_is_got_from_the_host",
    "It is a stream, not an episode: leave it out, or put the file in yourself.": "test_download_attacks::test_another_file_is_got_from_the_host",
    "If that is intended, download it yourself and put it into the episode.": "test_download_attacks::test_another_file_is_got_from_the_host",
    "Run the same command again: it is loaded from its beginning.": "test_download_attacks::test_what_cannot_be_resumed_is_loaded_from_its_beginning",
    "Run the same command again later: it resumes where it stopped.": "test_download_attacks::test_what_came_slowly_is_resumed_later",
    "Ask the host, or save the feed as a file without its rel=next links.": "test_download_attacks::test_a_feed_without_its_links_and_with_its_xml_in_order_is_read",
    "Ask the host to fix its XML, or save the feed and fix it there.": "test_download_attacks::test_a_feed_without_its_links_and_with_its_xml_in_order_is_read",
    "Name the file, or the address at which podcast apps load the feed.": "test_download_attacks::test_a_feed_without_its_links_and_with_its_xml_in_order_is_read",
    "Give a podcast's feed.": "test_import_show::test_a_podcasts_feed_is_given_instead_and_another_show_gets_another_folder",
    "Choose a new folder for another feed.": "test_import_show::test_a_podcasts_feed_is_given_instead_and_another_show_gets_another_folder",
    "Give the address at which apps load the feed.": "test_check_web::test_the_address_of_the_feed_is_given_instead",
    "Check the address, and that its server runs.": "test_check_web::test_the_address_of_the_feed_is_given_instead",
    "Run this command again when it has ended.": "test_remedies_of_waiting::test_what_another_command_holds_is_free_when_it_has_ended",
    "Wait until it has ended.": "test_remedies_of_waiting::test_what_another_command_holds_is_free_when_it_has_ended",
    "Wait until it has ended, or end it; a killed run frees the workspace by itself.": "test_remedies_of_waiting::test_what_another_command_holds_is_free_when_it_has_ended",
    "Name another one with --port.": "test_remedies_of_waiting::test_a_port_that_is_taken_is_left_for_another",
    "Publish again when it is done.": "test_remedies_of_waiting::test_what_was_taken_over_is_published_again_when_that_is_done",
    "Wait until it has ended; if it is dead, `studio publish --take-over`.": "test_publish::test_of_two_publications_at_once_the_second_says_who_holds_it",
    "Install it with your system's packages, or set IMAGEIO_FFMPEG_EXE.": "test_remedies_of_waiting::test_another_ffmpeg_is_left_or_named",
    "Take it with that episode's name.": "test_proof::test_an_answer_to_something_else_is_refused_and_shown_as_text_until_the_right_one_comes",
    "Read it yourself; make a new proof to have this version signed.": "test_proof::test_an_answer_to_something_else_is_refused_and_shown_as_text_until_the_right_one_comes",
    "Ask the guest to send the page's answer once more.": "test_proof::test_an_answer_to_something_else_is_refused_and_shown_as_text_until_the_right_one_comes",
    "Close the programs that use it, {again}": "test_remedies_of_disks::test_a_disk_that_works_again_takes_the_same_command",
    "Close other programs, or raise the limit (`ulimit -n`), {again}": "test_remedies_of_disks::test_a_disk_that_works_again_takes_the_same_command",
    "Close other programs, {again}": "test_remedies_of_disks::test_a_disk_that_works_again_takes_the_same_command",
    "Check it and the disk that it is on, {again}": "test_remedies_of_disks::test_a_disk_that_works_again_takes_the_same_command",
    "Close other programs, then run the same command again.": "test_remedies_of_disks::test_memory_that_other_programs_gave_back_is_enough",
    "Put it back where it was.": "test_remedies_of_disks::test_a_recording_is_back_where_it_was",
    "Put it back, then run the same command again.": "test_remedies_of_disks::test_a_folder_that_was_moved_is_put_back",
    "Check that the folder exists and may be written to.": "test_remedies_of_disks::test_a_file_that_has_a_folder_is_written",
    "Connect it to one, or leave --lan out.": "test_remedies_of_disks::test_without_the_network_the_preview_is_for_this_computer",
    "Close other programs, then run it again.": "test_remedies_of_disks::test_ports_that_other_programs_gave_back_are_enough",
    "Check the disk, then publish again.": "test_remedies_of_disks::test_notes_of_what_was_sent_that_can_be_written_again",
    "Check the file and who may read it.": "test_remedies_of_disks::test_a_file_that_a_person_may_read_is_read",
    "Check the file and your right to read it.": "test_remedies_of_disks::test_settings_that_a_person_may_read_are_read",
    "Check the network and the address, {again}": "test_remedies_of_disks::test_a_connection_that_works_again_takes_the_same_command",
    "Make room, or check that the folder may be written to.": "test_remedies_of_disks::test_a_tag_is_written_once_the_disk_keeps_it_and_has_room",
    "Check the disk, then run the same command again.": "test_remedies_of_disks::test_a_tag_is_written_once_the_disk_keeps_it_and_has_room",
    "Make room, or name another folder in the variable STUDIO_MODELS.": "test_model_files::test_a_disk_without_room_is_left_for_another_folder",
    "Make room, then run the same command again.": "test_failures::test_a_disk_that_fills_up_while_mastering_ends_the_run_cleanly",
    "Choose a later one; nothing was changed.": "test_remedies_of_editing::test_a_revision_of_this_recording_is_chosen",
    "Choose at most {seconds} s of it.": "test_remedies_of_editing::test_less_of_a_long_passage_is_transcribed_again",
    "Choose one of the two versions.": "test_remedies_of_editing::test_either_of_two_versions_is_chosen",
    "Look at the passage, and ask again.": "test_remedies_of_editing::test_a_passage_is_asked_about_as_it_is_now",
    "Copy the missing changes from there, then remove it.": "test_remedies_of_editing::test_what_another_program_wrote_late_is_copied_from_where_it_is",
    "Type the name as it is spelled.": "test_remedies_of_editing::test_a_name_is_typed_as_it_is_spelled",
    "Delete its folder: it will be fetched again.": "test_model_files::test_voices_whose_folder_was_deleted_are_fetched_again",
    "Fetch it again; the packages may have changed.": "test_model_files::test_a_package_that_is_whole_by_now_is_fetched_again",
    'Install it: `pip install "medinsoft-studio[cluster]"`.': "test_remedies_of_parts::test_the_extra_that_is_named_has_what_was_missing",
    "Run `studio models verify` to find out which file is damaged.": "test_remedies_of_parts::test_verifying_tells_what_is_damaged_and_how_it_is_replaced",
    "Run `studio models verify`.": "test_remedies_of_parts::test_verifying_tells_what_is_damaged_and_how_it_is_replaced",
    "Run `{name} -m ensurepip`, then `studio models fetch {model}` again.": "test_model_files::test_a_python_without_pip_gets_it_as_it_is_told",
    "Unset IMAGEIO_FFMPEG_EXE, or install a complete ffmpeg.": "test_remedies_of_parts::test_a_complete_ffmpeg_is_used_once_the_variable_names_no_other",
    "Write `auto` or `cpu` in feed/show.toml.": "test_remedies_of_parts::test_a_machine_without_a_gpu_uses_its_cores",
    "Restart it, then run the same command: finished work is kept.": "test_cluster::test_a_scheduler_that_was_restarted_goes_on_where_it_stopped",
    "Start one: `dask scheduler`; then workers: `studio work tcp://HOST:8786`.": "test_cluster::test_a_scheduler_and_a_worker_are_started_as_it_is_told",
    "The scheduler has the reason. Fix it, then start the worker again.": "test_cluster::test_a_worker_without_the_workspace_is_retired_by_name_and_nothing_is_lost",
    "Add former_slugs = {former_slugs} yourself.": "test_remedies_of_settings::test_what_is_written_by_hand_needs_no_more_writing",
    "Write each name below its own [[names]].": "test_remedies_of_settings::test_what_is_written_by_hand_needs_no_more_writing",
    "Write guests = {guests} yourself.": "test_remedies_of_settings::test_what_is_written_by_hand_needs_no_more_writing",
    "Write cuts and soundbites below [[cuts]], [[soundbites]].": "test_remedies_of_settings::test_cuts_below_their_own_heads_are_moved",
    "Ask the site's administrator to allow it.": "test_wordpress::test_who_is_refused_there_is_let_in_once_the_remedy_was_followed",
    "Ask the site's administrator to allow them.": "test_wordpress::test_who_is_refused_there_is_let_in_once_the_remedy_was_followed",
    "Ask the site's administrator: the role of {user}, or a security plugin, does not allow this.": "test_wordpress::test_who_is_refused_there_is_let_in_once_the_remedy_was_followed",
    "Check `user` and the application password; some servers do not pass the Authorization header on to WordPress: ask the site's administrator.": "test_wordpress::test_who_is_refused_there_is_let_in_once_the_remedy_was_followed",
    "Create an application password there (Users → Profile → Application Passwords), then run `keyring set studio ADDRESS` with the address in [wordpress].": "test_wordpress::test_who_is_refused_there_is_let_in_once_the_remedy_was_followed",
    "Write the name with which you log in as `user` below [wordpress].": "test_wordpress::test_who_is_refused_there_is_let_in_once_the_remedy_was_followed",
    "Write the address that it redirects to as `url` below [wordpress].": "test_wordpress::test_an_address_that_leads_elsewhere_is_written_as_it_is_there",
    "Check its spelling and the [table] it is in; docs/settings.md lists every setting.": "test_workspace::test_a_setting_below_another_table_is_told_where_it_belongs",
    "“{name}” belongs above the first [table]: move the line there. docs/settings.md lists every setting.": "test_workspace::test_a_setting_below_another_table_is_told_where_it_belongs",
    "“{name}” is a setting of {tables}: write that line above it, or remove the “# ” before it if it is there. docs/settings.md has every setting.": "test_workspace::test_a_setting_below_another_table_is_told_where_it_belongs",
    "Check the disk; keep a copy of the workspace elsewhere.": "test_remedies_of_disks::test_a_disk_that_works_again_takes_the_same_command",
    "Raise the limit (`ulimit -f`), or use another disk.": "test_remedies_of_disks::test_a_disk_that_works_again_takes_the_same_command",
    "Use a workspace on a disk that can be written.": "test_remedies_of_disks::test_a_disk_that_works_again_takes_the_same_command",
    "Make room, {again}": "test_remedies_of_disks::test_a_disk_that_works_again_takes_the_same_command",
    "Choose a shorter name.": "test_remedies_of_disks::test_what_is_in_the_way_of_a_file_is_moved",
    "Move that file away.": "test_remedies_of_disks::test_what_is_in_the_way_of_a_file_is_moved",
    "Move that folder away.": "test_remedies_of_disks::test_what_is_in_the_way_of_a_file_is_moved",
    "Put the file itself there.": "test_remedies_of_disks::test_what_is_in_the_way_of_a_file_is_moved",
    "Choose another name, or move the existing file or folder away.": "test_remedies_of_disks::test_what_is_in_the_way_of_a_folder_is_moved",
    "Move its contents away, {again}": "test_remedies_of_disks::test_what_is_in_the_way_of_a_folder_is_moved",
    "Connect to the network and run `studio models fetch {name}` again.": "test_model_files::test_a_model_that_is_not_there_is_fetched_once_the_network_is",
    "Run `studio models fetch {name}` ({size_bytes:.0f} MB).": "test_model_files::test_a_model_that_is_not_there_is_fetched_once_the_network_is",
    "Make the folder writable, or name another one in the variable STUDIO_MODELS.": "test_model_files::test_a_folder_that_cannot_be_written_is_left_for_another",
    "Delete it: everything is then uploaded again, and nothing is lost.": "test_remedies_of_publishing::test_a_damaged_list_of_what_was_sent_is_deleted_and_all_is_sent_again",
    "The last {generations} are kept, from the second one on.": "test_remedies_of_publishing::test_an_earlier_publication_is_kept_from_the_second_one_on",
    "Make one: `studio new`; to withdraw a published episode, `studio publish --forget` and its slug.": "test_publish_command::test_a_show_without_a_public_episode_says_what_to_wait_for",
    "Publish again when the first one's date has come; or set an earlier one (published) in its episode.toml, then `studio run`.": "test_publish_command::test_a_show_without_a_public_episode_says_what_to_wait_for",
    "What is public stays until the first one's date has come; to withdraw an episode now, `studio publish --forget` and its slug.": "test_publish_command::test_the_last_public_episode_is_withdrawn_while_another_waits",
    "It asks for a password: download the file in a browser, or ask the host for it.": "test_download_attacks::test_what_a_host_refuses_is_had_once_it_gives_it",
    "It refuses this program: download the file in a browser, or ask the host for it.": "test_download_attacks::test_what_a_host_refuses_is_had_once_it_gives_it",
    "It is not there: look the address up at the host.": "test_download_attacks::test_what_a_host_refuses_is_had_once_it_gives_it",
    "It was removed there: ask the host for a copy.": "test_download_attacks::test_what_a_host_refuses_is_had_once_it_gives_it",
    "It limits the number of requests: run the same command again in an hour.": "test_download_attacks::test_what_a_host_refuses_is_had_once_it_gives_it",
}
# Why no test follows them → those remedies.
NOT_FOLLOWED = {
    "it is a part of others, or what stands in their place": (
        "Do the same again.",
        "Run `studio run`.",
        "Run `{again}` again: it only downloads what is missing.",
        "Run `{command}`.",
        "Run again.",
        "none yet",
        "then run the same command again.",
    ),
    "root, as whom the tests may run, may read every file": ("Change its permissions.",),
    "the same command goes on after Ctrl-C; only its line is not printed in a test": (
        "Run the command again.",
    ),
    "what is run alone tells its own fault, whose remedy is followed where it is printed": (
        "Run it alone to see why.",
        "Run it alone: `studio run`.",
    ),
    "somebody else's server, site or feed has to change": (
        "If that is intended, `studio publish --rollback --accept-changes`; to remove it for good, `--forget` and the slug.",
        "The feed is published anyway: apps find it by themselves, a little later.",
    ),
    "it is a fault of Studio, which its authors mend": (
        "Report it with what `studio doctor` prints.",
        "Report it with what `{command}` prints; `studio -v …` shows the traceback.",
    ),
    "openai-whisper has other tensors than the weights that were verified": (
        "Run `studio models verify` to find out whether it is damaged.",
    ),
}


def messages_in(node: ast.AST) -> Iterator[str]:
    """The sentences that are written in an expression."""
    for one in ast.walk(node):
        if isinstance(one, ast.Call) and getattr(one.func, "id", "") == "message":
            first = one.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value


def remedies_of_name(name: ast.expr, value: ast.expr) -> Iterator[str]:
    """The remedies in what a variable gets: all of it, if its name says so; of « what, remedy » the
    second; of a table of such pairs the second of each.
    """
    if isinstance(value, ast.IfExp):
        yield from remedies_of_name(name, value.body)
        yield from remedies_of_name(name, value.orelse)
    elif isinstance(name, ast.Tuple) and isinstance(value, ast.Tuple):
        for one, own in zip(name.elts, value.elts, strict=True):
            yield from remedies_of_name(one, own)
    elif isinstance(name, ast.Name) and "remed" in name.id.lower():
        yield from messages_in(value)
    elif isinstance(value, ast.Dict):
        for own in value.values:
            if isinstance(own, ast.Tuple) and len(own.elts) == 2:
                yield from messages_in(own.elts[1])


def assigned_remedies(tree: ast.Module) -> Iterator[str]:
    """The remedies that a variable holds before an error is made of them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                yield from remedies_of_name(target, node.value)
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            yield from remedies_of_name(node.target, node.value)
        elif isinstance(node, ast.FunctionDef) and "remedy" in node.name:
            yield from messages_in(node)


def remedies() -> set[str]:
    """The remedies of all errors: what stands third, or by its name, where one is made; what a
    class of errors always says; and what a variable holds whose name says so.
    """
    found: set[str] = set()
    for module in ROOT.rglob("*.py"):
        tree = ast.parse(module.read_text(encoding="utf-8"))
        found.update(assigned_remedies(tree))
        named: dict[str, ast.expr] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                named[node.targets[0].id] = node.value
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and node.name.endswith("Error"):
                for own in node.body:
                    if isinstance(own, ast.Assign) and ast.unparse(own.targets[0]) == "remedy":
                        found.update(messages_in(own))
            if isinstance(node, ast.Call):
                called = getattr(node.func, "id", getattr(node.func, "attr", ""))
                if called.endswith("Error") or called == "__init__":
                    told = [*node.args[2:3], *(k.value for k in node.keywords if k.arg == "remedy")]
                    for one in told:
                        found.update(messages_in(one))
                        for name in ast.walk(one):
                            if isinstance(name, ast.Name) and name.id in named:
                                found.update(messages_in(named[name.id]))
    return found


def is_told_by(remedy: str, printed: str) -> bool:
    """Whether words of a table are those of this remedy, or a part of them as they are printed."""
    if printed in remedy:
        return True
    pieces = [piece.strip(" .;:`") for piece in re.split(r"\{[^}]*\}", remedy)]
    long = [piece for piece in pieces if len(piece) > 10]
    return bool(long) and any(piece in printed for piece in long)


def followed_in_tables() -> set[str]:
    """The words of every remedy that a table has followed."""
    found: set[str] = set()
    for module, names in TABLES.items():
        for node in ast.parse((TESTS / f"{module}.py").read_text(encoding="utf-8")).body:
            target = getattr(node, "target", None) or getattr(node, "targets", [None])[0]
            if isinstance(target, ast.Name) and target.id in names:
                told = (getattr(one, "value", None) for one in ast.walk(node))
                found.update(one for one in told if isinstance(one, str))
    return {words for words in found if len(words) >= FEWEST_CHARACTERS and " " in words}


def test_every_remedy_is_followed_or_said_why_not() -> None:
    tables = followed_in_tables()
    excused = {remedy for group in NOT_FOLLOWED.values() for remedy in group}
    left = [
        remedy
        for remedy in sorted(remedies())
        if remedy not in excused
        and remedy not in FOLLOWED_ELSEWHERE
        and not any(is_told_by(remedy, printed) for printed in tables)
    ]
    assert left == [], "follow it in a table of tests/test_followed_remedies.py, or say why not"


def test_nothing_is_listed_that_is_no_remedy() -> None:
    excused = [remedy for group in NOT_FOLLOWED.values() for remedy in group]
    listed = [*excused, *FOLLOWED_ELSEWHERE]
    assert len(listed) == len(set(listed))
    assert set(listed) <= remedies()


@pytest.mark.parametrize("place", sorted(set(FOLLOWED_ELSEWHERE.values())))
def test_the_test_that_follows_a_remedy_is_there(place: str) -> None:
    module, _, name = place.partition("::")
    assert f"def {name}(" in (TESTS / f"{module}.py").read_text(encoding="utf-8")
