-- Whether an email that goes was a report: its submission is another one then.
CREATE INDEX submission_reports_email ON submission_reports (email);
