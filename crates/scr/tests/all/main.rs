//! The project from outside: the real binary, its files, its site in a browser,
//! and the rules of the house.

mod accounts;
mod admin;
mod architecture;
mod backups;
mod browser;
mod check;
mod command;
mod comparing;
mod copies;
mod dependencies;
mod fuzz_seeds;
mod handing_in;
mod measures;
mod phantom_path;
mod real_radiographs;
mod rescoring;
mod running;
mod security;
mod serving;
mod showing;
mod site;
mod submitting;
mod webdriver;
